// Counts this view and how long the page is in sight; loaded only once analytics are allowed.

const ANALYTICS = 2;
let seenSince = document.hidden ? null : performance.now();

function send(more) {
  if (!(document.documentElement.dataset.consent & ANALYTICS)) return;
  navigator.sendBeacon("/views/", new URLSearchParams({ page: location.pathname, ...more }));
}

// Browsers may end a hidden page without another word, so what was read is sent at once.
function look() {
  if (!document.hidden) {
    seenSince ??= performance.now();
  } else if (seenSince !== null) {
    const seconds = Math.round((performance.now() - seenSince) / 1000);
    seenSince = null;
    if (seconds) send({ seconds });
  }
}

send();
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", (event) => event.persisted && send());
