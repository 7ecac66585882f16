"""Conversations that cross a border: invented ones, a stand-in that mirrors them, and a search for what leaked."""
