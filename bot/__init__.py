"""The async core of Circlekeeper. It knows groups, rooms, members and promises; it knows no platform."""
