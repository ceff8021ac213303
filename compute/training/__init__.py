"""Networks in training, chapter 2: one layer and more, their kernels, and gradient flow."""
