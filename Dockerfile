# One image for all processes; compose.yaml and Procfile start them by the same commands.
FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DATA_DIR=/data
# pg_dump, for backups, of the same release as the server in compose.yaml; Tesseract reads scans and pictures.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 \
 tesseract-ocr tesseract-ocr-khm tesseract-ocr-eng && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
# Fonts and static files need no database and no secret of the site.
RUN useradd --system lawcompare && install -d -o lawcompare /data /data/cards /data/uscode /backups \
 && EMBEDDED=1 python manage.py build_fonts && EMBEDDED=1 python manage.py collectstatic --no-input \
 && rm -f /data/secret-key /data/originals-key && chown -R lawcompare /data
USER lawcompare
EXPOSE 8000
CMD ["gunicorn", "lawcompare.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]
