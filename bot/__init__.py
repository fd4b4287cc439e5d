"""The async core of Circlekeeper. It knows groups, members and promises, and no platform."""
