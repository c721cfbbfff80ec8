// How long a pairing code still works. Without this script the page says until when.
'use strict';
for (const shown of document.querySelectorAll('.time-left')) {
    const until = Date.parse(shown.dataset.until);
    const tell = () => {
        const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
        shown.textContent = seconds
            ? `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')})`
            : shown.dataset.over;
        if (seconds === 0) {
            clearInterval(timer);
            shown.closest('.pairing').classList.add('over');
        }
    };
    const timer = setInterval(tell, 1000);
    tell();
}
