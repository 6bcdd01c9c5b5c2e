"""How a law came about: its events, with their sources and the texts they concern."""
