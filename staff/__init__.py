"""Who worked where from when until when, and the reviews of all access."""
