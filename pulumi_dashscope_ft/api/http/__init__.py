"""One call over HTTP: paced, sent, judged, and repeated where that is safe."""
