"""The door for web servers: gunicorn wsgi:app."""

from intake import create_app

app = create_app()
