"""`make run`: real PostgreSQL, real Valkey, the simulator and Sendpoint under one supervisor."""
