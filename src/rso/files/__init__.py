"""Uploads: checked by content, kept outside of the web's reach, handed out as attachments to those who may."""
