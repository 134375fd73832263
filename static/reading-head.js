// Restores text size and colours before first paint, for readers who allow to keep them.
(() => {
  const PERSONALIZATION = 4;
  const root = document.documentElement.dataset;
  if (!(root.consent & PERSONALIZATION)) return;
  try {
    const { size, scheme } = JSON.parse(localStorage.getItem("reading"));
    Object.assign(root, { size, scheme });
  } catch {
    // Nothing is kept, or nothing of ours.
  }
})();
