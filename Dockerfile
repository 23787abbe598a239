# One image for web, worker and scheduler. Pages and grading run as an ordinary user; nothing in it needs root.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 CAIRN_PRODUCTION=1 CAIRN_VAR=/var/lib/cairn PATH=/opt/cairn/.venv/bin:$PATH
WORKDIR /opt/cairn
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes -r requirements/tools.lock \
    && uv venv .venv \
    && uv pip install --no-cache --compile-bytecode --require-hashes -r requirements/run.lock \
    && uv pip install --no-cache --torch-backend cpu torch==2.13.0
COPY . .
RUN useradd --system --uid 990 --create-home cairn && install -d -o cairn -g cairn /var/lib/cairn
USER cairn
VOLUME /var/lib/cairn
