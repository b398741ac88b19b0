"""The language model: structured answers for jobs, streamed replies for live calls."""
