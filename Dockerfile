# Two stages: the first builds the environment and compiles, the second only runs.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt ./
# Without what is never read: the libraries' own tests, their extensions of notebooks, the maps of
# their scripts, and the compiled form of what is never imported.
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-compile --requirement requirements.txt \
    && find /venv -type d '(' -name tests -o -name test -o -name labextension ')' -prune -exec rm -r {} + \
    && rm -r /venv/share/jupyter \
    && find /venv '(' -name widgetbundle.js -o -name '*.js.map' ')' -delete
COPY app.py gunicorn.conf.py LICENSE ./
COPY assets ./assets
COPY compute ./compute
COPY components ./components
COPY pages ./pages
# The machine code of the inner loops goes into the image, so that no container compiles at start,
# and so do the map's pictures with the runs that they show; what is imported on the way is compiled
# by that.
ENV PATH=/venv/bin:$PATH NUMBA_CACHE_DIR=/compiled
RUN python -m compileall -q app.py gunicorn.conf.py compute components pages \
    && python -m compute.warm \
    && CACHE_DIR=/answers python -c "import app, components.serving.worker, pages.home as home; home.layout()" \
    && chmod -R a+rX /answers

FROM python:3.11-slim
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /compiled /compiled
COPY --from=build /answers /answers
COPY --from=build /app /app
# Only /tmp needs to be writable: the root file system may be read-only, and there is no home.
# Numba insists on a writable cache, so the start copies the compiled code there (a few MB), and
# the pictures to where answers are kept.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/nonexistent \
    CACHE_DIR=/tmp/depth-over-width/answers \
    NUMBA_CACHE_DIR=/tmp/depth-over-width/compiled
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# The server opens at once. Beside it, and after everybody else, the code is compiled afresh where
# this processor is not the builder's; where it is, there is nothing to do.
CMD ["sh", "-c", "mkdir -p \"$CACHE_DIR\" \"$NUMBA_CACHE_DIR\" && cp -r /compiled/. \"$NUMBA_CACHE_DIR\" && cp -r /answers/. \"$CACHE_DIR\" && { nice -n 19 python -m compute.warm & } && exec gunicorn --config gunicorn.conf.py --bind 0.0.0.0:8000 app:server"]
