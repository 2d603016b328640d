"""What is known of the person's body, and how it tightens limits: nights, pain, sleepiness, exertion."""
