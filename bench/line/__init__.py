"""The phone company's end of a media stream, in real time."""
