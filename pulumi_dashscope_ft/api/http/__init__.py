"""One call over HTTP: rate-limited, sent, classified, and retried where that is safe."""
