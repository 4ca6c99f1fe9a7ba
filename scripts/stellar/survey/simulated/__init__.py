"""A simulated survey: stars, what a camera and a spectrograph see of them, what pipelines say."""
