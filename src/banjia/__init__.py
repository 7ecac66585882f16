"""banjia 搬家: move an application off an AI service it may no longer use, onto one it may."""

__version__ = "0.1.0"
