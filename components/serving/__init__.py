"""How the dashboard is served: workers, their connections, limits, what is logged and counted."""

# Among a server's extensions: tells of a method and a path whether the answer waits for nothing and
# takes so little that a worker gives it in its loop, without a thread.
AT_ONCE = "at_once"
