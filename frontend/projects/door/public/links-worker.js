// The door's addresses without a language (a bookmark, a pairing link) open without a network: this worker sends them to
// a language by the rule the server has (the cookie, then the browser's languages, then Italian). It holds no files:
// each language has a worker of its own for that, below this one's scope. See docs/decisions/0009.
const LANGUAGES = ['it', 'en'];
const WITHOUT_LANGUAGE = new Set(['/door/', '/door/t', '/door/pair']);

addEventListener('install', (event) => event.waitUntil(skipWaiting()));

addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.mode === 'navigate' && WITHOUT_LANGUAGE.has(url.pathname)) {
    event.respondWith(redirect(url));
  }
});

// The browser keeps the #fragment across it.
async function redirect(url) {
  const rest = url.pathname.slice('/door/'.length);
  return Response.redirect(`/door/${await chooseLanguage()}/${rest}${url.search}`);
}

async function chooseLanguage() {
  // Not every browser has a cookie store in workers.
  const cookie = await globalThis.cookieStore?.get('language');
  const wanted = [cookie?.value, ...navigator.languages.map((tag) => tag.split('-')[0])];
  return wanted.find((language) => LANGUAGES.includes(language)) ?? LANGUAGES[0];
}
