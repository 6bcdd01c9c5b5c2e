"""Backends of the cache: JSON alone is kept, and the site goes on while Redis is gone."""
