"""The queue's work: one small file a job with its `run(row_id)`; running one twice is harmless."""
