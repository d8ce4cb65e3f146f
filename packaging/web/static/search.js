// Looks through SEARCH_DATA, which search_data.py wrote, while the reader types.
"use strict";
(() => {
    const MOST_RESULTS = 30;
    const FORM = document.getElementById("search");
    const FIELD = FORM.elements.q;
    const STATE = document.getElementById("search-state");
    const RESULTS = document.getElementById("search-results");

    const flat = text => text.toLowerCase().replace(/\s+/g, " ").trim();
    const words = text => flat(text).match(/[\p{L}\p{N}_]+/gu) || [];

    const ENTRIES = SEARCH_DATA.entries.map(([page, anchor, title, isSection, exact, above, text]) => {
        const [path, isForUsers] = SEARCH_DATA.pages[page];
        return {
            address: anchor ? `${path}#${anchor}` : path, title, isSection, isForUsers, above, text,
            exact: exact.map(flat),
            messages: (exact.length ? exact : [title]).map(words).filter(message => message.length > 2),
            flatTitle: flat(title), flatText: flat(text),
            titleWords: new Set(words(title)), textWords: new Set(words(text)), aboveWords: new Set(words(above.join(" "))),
        };
    });

    // Words that say little, and stand everywhere.
    const COMMON = new Set(("a an and are as at be by can check did do does for from has have how i if in is it its may me my no not of on or " +
        "run so that the then there this to use was what when where which who why will with you your").split(" "));

    const KNOWN = new Map();  // word -> in how many entries it stands
    for (const entry of ENTRIES) {
        for (const word of new Set([...entry.titleWords, ...entry.textWords])) {
            KNOWN.set(word, (KNOWN.get(word) || 0) + 1);
        }
    }
    const rarity = count => Math.log(1 + ENTRIES.length / (count || 1));

    // The words of the texts that a word of the reader stands for: itself, and longer ones that begin with it.
    function readings(word) {
        const longer = word.length < 3 ? [] : [...KNOWN.keys()].filter(known => known !== word && known.startsWith(word));
        const count = [word, ...longer].reduce((sum, known) => sum + (KNOWN.get(known) || 0), 0);
        return { word, longer, weight: rarity(count) * (COMMON.has(word) ? 0.2 : 1) };
    }

    function weightOf(entry, { word, longer }) {
        if (entry.titleWords.has(word)) return 3;
        if (longer.some(known => entry.titleWords.has(known))) return 2;
        if (entry.textWords.has(word)) return 1;
        if (longer.some(known => entry.textWords.has(known))) return 0.7;
        return entry.aboveWords.has(word) ? 0.5 : 0;
    }

    const inOrder = (part, whole) => {
        let next = 0;
        for (const word of whole) {
            if (word === part[next]) next++;
        }
        return next === part.length;
    };

    // "--lock FILE" and "-n, --dry-run" are about --lock and --dry-run.
    const isAbout = (entry, text) => `${entry.flatTitle} `.replace(/^-\w, /, "").startsWith(`${text} `);

    function score(entry, query) {
        let found = 0, all = 0, sum = 0;
        for (const reading of query.readings) {
            const weight = weightOf(entry, reading);
            all += reading.weight;
            found += weight ? reading.weight : 0;
            sum += weight * reading.weight;
        }
        if (!found) return 0;
        sum *= (found / all) ** 2 / (1 + Math.log1p(entry.text.length / 2000));
        if (entry.flatTitle === query.flat) sum += (entry.isSection ? 4 : 3) * all;
        else if (entry.exact.includes(query.flat)) sum += (isAbout(entry, query.flat) ? 3 : 1.5) * all;
        else if (entry.flatTitle.includes(query.flat)) sum += all;
        if (entry.flatText.includes(query.flat)) sum += all / 2;
        // A message that was copied from a terminal has names in it that no page has.
        for (const message of entry.messages) {
            if (message.length <= query.words.length && inOrder(message, query.words)) {
                sum += 2 * message.reduce((rare, word) => rare + rarity(KNOWN.get(word)), 0);
            }
        }
        return sum * (entry.isForUsers ? 1 : 0.6);
    }

    function search(text) {
        const query = { flat: flat(text), words: words(text) };
        query.readings = [...new Set(query.words)].map(readings);
        return ENTRIES.map(entry => ({ entry, score: score(entry, query) }))
            .filter(result => result.score > 0)
            .sort((a, b) => b.score - a.score)
            .slice(0, MOST_RESULTS)
            .map(result => result.entry);
    }

    // The text around the first place that has something of the query, which is marked.
    function excerpt(text, wanted) {
        const line = document.createElement("p");
        const escaped = wanted.map(word => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
        const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(${escaped.join("|")})`, "giu");
        const first = Math.max(0, text.search(pattern) - 60);
        const start = first ? text.indexOf(" ", first) + 1 : 0;
        const shown = text.slice(start, start + 220);
        line.append(start ? "… " : "");
        for (const [index, part] of shown.split(pattern).entries()) {
            if (index % 2) {
                const mark = document.createElement("mark");
                mark.textContent = part;
                line.append(mark);
            } else {
                line.append(part);
            }
        }
        line.append(start + 220 < text.length ? " …" : "");
        return line;
    }

    function item(entry, wanted) {
        const element = document.createElement("li");
        const link = document.createElement("a");
        link.href = entry.address;
        link.textContent = entry.title;
        element.append(link);
        if (entry.above.length) {
            const where = document.createElement("span");
            where.textContent = entry.above.join(" › ");
            element.append(where);
        }
        if (entry.text) element.append(excerpt(entry.text, wanted));
        return element;
    }

    function show() {
        const text = FIELD.value;
        const wanted = words(text);
        const results = wanted.length ? search(text) : [];
        RESULTS.replaceChildren(...results.map(entry => item(entry, wanted)));
        STATE.textContent = results.length || !wanted.length ? "" : "Nothing was found.";
        document.title = wanted.length ? `${text.trim()} - Search - ssm-exec` : "Search - ssm-exec";
    }

    FIELD.value = new URLSearchParams(location.search).get("q") || "";
    FIELD.addEventListener("input", () => {
        history.replaceState(null, "", `?${new URLSearchParams({ q: FIELD.value })}`);
        show();
    });
    FORM.addEventListener("submit", event => event.preventDefault());
    show();
})();
