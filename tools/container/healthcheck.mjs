// Exit 0 while the service answers its liveness probe. Readiness is for who sends requests, not for who restarts.
const port = process.env.PORT || '8000';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz/live`);
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
