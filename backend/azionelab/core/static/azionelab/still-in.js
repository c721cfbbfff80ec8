// A form is sent only once the server says that somebody is still in: it would lead to the sign-in page else, and what
// was typed would be gone. Whoever types is not idle, and stays in.
"use strict";
{
    const SESSION = "/api/v1/staff/session/";
    const ONE_MINUTE = 60_000; // the server writes it down no more often
    const notice = document.getElementById("signed-out");
    let asked = Date.now();
    let isAsking = false;
    let mayGo = null;

    const isIn = async () => {
        asked = Date.now();
        try {
            const answer = await fetch(SESSION);
            return !answer.ok || (await answer.json()).username !== null;
        } catch {
            return true; // not to be found out: the browser tells it in its own words
        }
    };

    const tell = (isSignedIn) => {
        notice.hidden = isSignedIn;
    };

    // Signing in, in another window, has made another one.
    const renewToken = (form) => {
        const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
        const field = form.elements.namedItem("csrfmiddlewaretoken");
        if (token && field) {
            field.value = token;
        }
    };

    const sendIfIn = async (form, button) => {
        isAsking = true;
        const isSignedIn = await isIn();
        isAsking = false;
        tell(isSignedIn);
        if (!isSignedIn) {
            notice.querySelector("a").focus();
            return;
        }
        renewToken(form);
        mayGo = form;
        form.requestSubmit(button);
    };

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (form.method !== "post" || form.id === "logout-form" || event.defaultPrevented) {
            return;
        }
        if (mayGo === form) {
            mayGo = null;
            return;
        }
        event.preventDefault();
        if (!isAsking) {
            void sendIfIn(form, event.submitter);
        }
    });

    document.addEventListener("input", (event) => {
        if (event.target.form?.method === "post" && Date.now() - asked > ONE_MINUTE) {
            void isIn().then(tell);
        }
    });
}
