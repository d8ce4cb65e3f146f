/* SPDX-License-Identifier: MIT */
#include "migrate/usage.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/locked.h"
#include "migrate/library_names.h"
#include "migrate/map.h"
#include "migrate/reads.h"
#include "migrate/spellings.h"

enum {
    PARTS_MAX = 16,     /* words of a chain such as spring.datasource.password that are looked at */
    UNSET_MAX = 1000,   /* names that nobody sets */
    DYNAMIC_MAX = 1000, /* places of dynamic reads */
    FRAGMENT_MIN_LEN = 3, /* of "APP_" and "_URL" */
    LONG_TAIL_LEN = 8,
    BINARY_BYTES = 8192, /* the first of them say whether a file is binary */
    BINARY_SHARE = 50,   /* one control character in so many */
};

struct name {
    char *text;
    enum usage_verdict verdict;
    uint64_t tails_seen; /* a bit for each split into a head and a tail */
    uint64_t heads_seen;
    bool has_quoted_head;    /* startsWith("APP") */
    bool has_fragment;       /* "APP_" or "_URL", as in the name */
    bool has_lower_fragment; /* in another case */
    bool has_long_tail;      /* a tail was seen that tells by itself */
    struct usage_places places;
    struct usage_places tails;
};

struct usage {
    struct name *names; /* sorted */
    size_t len;
    struct spellings spellings;
    struct string_list files;
    struct usage_unset *unset;
    size_t unset_len;
    size_t unset_cap;
    struct usage_places dynamic;
    unsigned char lower[256]; /* of letters and digits; 0 for other characters */
    bool has_prefix_setting;
    bool may_have_dynamic;
    bool has_no_memory;
};

/* A text under way. */
struct scan {
    struct usage *usage;
    const char *given_file;
    const char *file; /* the copy that places have; NULL before the first of them */
    struct span text;
    size_t line; /* of line_at */
    size_t line_at;
    enum reads_dollar dollar;
    bool is_env_file;
};

/* ---- what is kept ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static struct name *find_name(const struct usage *usage, struct span text)
{
    size_t low = 0;
    size_t high = usage->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *here = usage->names[middle].text;
        int order = span_compare((struct span){ here, strlen(here) }, text);
        if (order == 0) {
            return &usage->names[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static size_t line_of(struct scan *scan, size_t at)
{
    if (at < scan->line_at) {
        scan->line = 1;
        scan->line_at = 0;
    }
    const char *from = scan->text.bytes + scan->line_at;
    const char *to = scan->text.bytes + at;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        scan->line++;
        from++;
    }
    scan->line_at = at;
    return scan->line;
}

static const char *file_of(struct scan *scan)
{
    if (scan->file == NULL) {
        struct err err = { 0 };
        struct string_list *files = &scan->usage->files;
        if (!string_list_add(files, scan->given_file, strlen(scan->given_file), &err)) {
            scan->usage->has_no_memory = true;
            return NULL;
        }
        scan->file = files->items[files->len - 1];
    }
    return scan->file;
}

/* Keeps the place; one line once, and of a full list the last one that says less. */
static void add_place(struct scan *scan,
        struct usage_places *places,
        size_t at,
        enum usage_verdict how,
        size_t max)
{
    struct usage_place place = { .how = how };
    size_t replaced = places->len;
    if (places->len >= max) {
        while (replaced > 0 && places->items[replaced - 1].how >= how) {
            replaced--;
        }
        if (replaced == 0) {
            return;
        }
        replaced--;
    }
    place.line = line_of(scan, at);
    place.file = file_of(scan);
    if (place.file == NULL) {
        return;
    }
    struct usage_place *last = places->len > 0 ? &places->items[places->len - 1] : NULL;
    if (last != NULL && last->file == place.file && last->line == place.line) {
        last->how = last->how > how ? last->how : how;
        return;
    }
    struct usage_place *items = array_grow(
            places->items, places->len, &places->cap, sizeof(places->items[0]));
    if (items == NULL) {
        scan->usage->has_no_memory = true;
        return;
    }
    places->items = items;
    if (replaced < places->len) {
        memmove(items + replaced, items + replaced + 1,
                (places->len - replaced - 1) * sizeof(items[0]));
        places->len--;
    }
    items[places->len++] = place;
}

static void note(struct scan *scan, struct name *name, size_t at, enum usage_verdict how)
{
    name->verdict = name->verdict > how ? name->verdict : how;
    add_place(scan, &name->places, at, how, USAGE_PLACES_MAX);
}

/* Where the name is, or would be inserted. */
static size_t unset_position(const struct usage *usage, struct span name)
{
    size_t at = usage->unset_len;
    while (at > 0) {
        const char *here = usage->unset[at - 1].name;
        int order = span_compare((struct span){ here, strlen(here) }, name);
        if (order <= 0) {
            return order == 0 ? at - 1 : at;
        }
        at--;
    }
    return 0;
}

/* A name that code may read from the environment: [A-Z][A-Z0-9_]+ */
static bool is_environment_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.bytes[i];
        if (!((c >= 'A' && c <= 'Z') || (i > 0 && (ascii_is_digit(c) || c == '_')))) {
            return false;
        }
    }
    return name.len >= 2 && name.len <= 128 && name.bytes[name.len - 1] != '_';
}

static void note_unset(struct scan *scan, struct span name)
{
    struct usage *usage = scan->usage;
    size_t at = unset_position(usage, name);
    bool is_new = at == usage->unset_len || !span_is(name, usage->unset[at].name);
    if (is_new) {
        char *copy = usage->unset_len < UNSET_MAX ? strndup(name.bytes, name.len) : NULL;
        struct usage_unset *unset = copy == NULL
                ? NULL
                : array_grow(
                        usage->unset, usage->unset_len, &usage->unset_cap, sizeof(usage->unset[0]));
        if (unset == NULL) {
            free(copy);
            usage->has_no_memory = usage->has_no_memory || usage->unset_len < UNSET_MAX;
            return;
        }
        usage->unset = unset;
        memmove(unset + at + 1, unset + at, (usage->unset_len - at) * sizeof(unset[0]));
        unset[at] = (struct usage_unset){ .name = copy };
        usage->unset_len++;
    }
    add_place(scan, &usage->unset[at].places, (size_t)(name.bytes - scan->text.bytes), USAGE_READ,
            USAGE_PLACES_MAX);
}

static void note_reads(
        struct scan *scan, const struct reads *reads, size_t at, bool may_be_set_here)
{
    for (size_t i = 0; i < reads->len; i++) {
        struct span read = reads->names[i];
        struct name *known = find_name(scan->usage, read);
        if (known != NULL) {
            note(scan, known, (size_t)(read.bytes - scan->text.bytes), USAGE_READ);
        } else if (reads->is_sure && !scan->is_env_file && is_environment_name(read)) {
            char name[129];
            memcpy(name, read.bytes, read.len);
            name[read.len] = '\0';
            if (!library_names_is_set_by_system(name)
                    && !(may_be_set_here && reads_is_set_in(scan->text, read))) {
                note_unset(scan, read);
            }
        }
    }
    scan->usage->may_have_dynamic = scan->usage->may_have_dynamic || reads->may_be_dynamic
            || reads->is_dynamic;
    if (reads->is_dynamic) {
        add_place(scan, &scan->usage->dynamic, at, USAGE_READ, DYNAMIC_MAX);
    }
}

/* ---- the pass over a text ---- */

struct part {
    size_t start;   /* in the text */
    uint64_t hash;  /* of the chain before it */
    size_t letters; /* of the chain before it */
    bool begins_word;
};

struct chain {
    struct part parts[PARTS_MAX];
    size_t len;
    uint64_t hash;
    size_t letters;
    struct part word; /* the word under way */
    bool has_env;
};

static char character_before(struct span text, size_t at)
{
    return at > 0 ? text.bytes[at - 1] : ' ';
}

/* Whether a word begins here: also behind the 's' of "%s_URL". */
static bool begins_word(struct span text, size_t at)
{
    char before = character_before(text, at);
    return !reads_is_word_character(before) || (at > 1 && text.bytes[at - 2] == '%');
}

/* A head or tail of a name as programs put names together: "APP_" + x, `${x}_URL`, startsWith("APP") */
static void note_fragment(struct span text,
        const struct spelling *spelling,
        size_t start,
        size_t end,
        struct name *name)
{
    size_t last = end;
    while (last < text.len && text.bytes[last] == '_') {
        last++;
    }
    size_t first = start;
    while (first > 0 && text.bytes[first - 1] == '_') {
        first--;
    }
    bool is_head = spelling->kind == SPELLING_HEAD;
    bool is_tail = spelling->kind == SPELLING_TAIL;
    size_t shared = end - start < spelling->text.len ? end - start : spelling->text.len;
    bool is_exact = memcmp(text.bytes + start, spelling->text.bytes, shared) == 0;
    char before = character_before(text, first);
    bool is_quoted = before == '"' || before == '\'' || before == '`';
    bool is_fragment = end - start + 1 >= FRAGMENT_MIN_LEN
            && ((is_head && last > end - (text.bytes[end - 1] == '_'))
                    || (is_tail && first < start && begins_word(text, first)));
    name->has_quoted_head = name->has_quoted_head || (is_head && is_quoted && is_exact);
    name->has_fragment = name->has_fragment || (is_fragment && is_exact);
    name->has_lower_fragment = name->has_lower_fragment || is_fragment;
}

/* What one spelling at text[start..end) tells. */
static void note_spelling(
        struct scan *scan, const struct spelling *spelling, size_t start, size_t end)
{
    struct usage *usage = scan->usage;
    struct span here = { scan->text.bytes + start, end - start };
    if (!spelling_equals(spelling->text, here)) {
        return;
    }
    if (spelling->kind == SPELLING_PREFIX) {
        usage->has_prefix_setting = true;
        return;
    }
    struct name *name = &usage->names[spelling->name];
    uint64_t split = UINT64_C(1) << spelling->split;
    note_fragment(scan->text, spelling, start, end, name);
    if (spelling->kind == SPELLING_HEAD) {
        name->heads_seen |= split;
        return;
    }
    if (spelling->kind == SPELLING_TAIL) {
        bool has_words = memchr(spelling->text.bytes, '_', spelling->text.len) != NULL;
        name->has_long_tail = name->has_long_tail || has_words
                || spelling->text.len >= LONG_TAIL_LEN;
        name->tails_seen |= split;
        add_place(scan, &name->tails, start, USAGE_LIKELY, 1);
        return;
    }
    bool is_word = spelling->kind == SPELLING_NAME && span_equals(here, spelling->text)
            && !(start > 0 && reads_is_word_character(scan->text.bytes[start - 1]))
            && !(end < scan->text.len && reads_is_word_character(scan->text.bytes[end]));
    note(scan, name, start, is_word ? USAGE_MENTIONED : USAGE_LIKELY);
}

/* Whether what begins with the part and ends here is one of the spellings. */
static void look_up(
        struct scan *scan, const struct chain *chain, const struct part *part, size_t end)
{
    struct spellings *spellings = &scan->usage->spellings;
    if (scan->is_env_file) {
        return;
    }
    uint64_t hash = spelling_hash_end(
            spellings, chain->hash, part->hash, chain->letters - part->letters);
    const struct spelling *found = spellings_find(spellings, hash);
    for (; found != NULL; found = spellings_next(spellings, found)) {
        /* The name may begin with underscores, which no part has. */
        size_t skipped = found->kind == SPELLING_NAME ? strspn(found->text.bytes, "_") : 0;
        bool has_them = skipped <= part->start
                && memcmp(scan->text.bytes + part->start - skipped, found->text.bytes, skipped)
                        == 0;
        note_spelling(scan, found, part->start - (has_them ? skipped : 0), end);
    }
}

/* The same for each beginning of the chain. */
static void look_up_all(struct scan *scan, const struct chain *chain, size_t end)
{
    for (size_t i = 0; i < chain->len; i++) {
        if (chain->parts[i].begins_word) {
            look_up(scan, chain, &chain->parts[i], end);
        }
    }
}

static void begin_part(struct chain *chain, const struct part *part)
{
    if (chain->len == PARTS_MAX) {
        memmove(chain->parts, chain->parts + 1, (PARTS_MAX - 1) * sizeof(chain->parts[0]));
        chain->len--;
    }
    chain->parts[chain->len++] = *part;
}

/* How many characters of the word that begins here may not be of a name: "\nAPI_URL", -DAPI_URL, getApiUrl */
static size_t glued_before(struct span text, size_t start)
{
    static const char *const verbs[] = { "get", "set", "has", "is" };
    char before = start > 0 ? text.bytes[start - 1] : ' ';
    char first = text.bytes[start];
    if ((before == '\\' && strchr("nrtfv", first) != NULL) || (before == '-' && first == 'D')) {
        return 1;
    }
    struct span rest = span_skip(text, start);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        size_t len = strlen(verbs[i]);
        if (span_starts_with(rest, verbs[i]) && rest.len > len && rest.bytes[len] >= 'A'
                && rest.bytes[len] <= 'Z') {
            return len;
        }
    }
    return 0;
}

static void end_chain(struct chain *chain)
{
    chain->len = 0;
    chain->hash = 0;
    chain->letters = 0;
}

/* At the end of a whole word. */
static void end_word(struct scan *scan, const struct chain *chain, size_t end)
{
    struct reads reads = { 0 };
    if (chain->len == PARTS_MAX) { /* its beginning may be forgotten */
        look_up(scan, chain, &chain->word, end);
    }
    if (chain->has_env && !scan->is_env_file) {
        reads_by_word(scan->text, chain->word.start, end, &reads);
        note_reads(scan, &reads, chain->word.start, false);
    }
    char before = chain->word.start > 0 ? scan->text.bytes[chain->word.start - 1] : ' ';
    if (scan->dollar != READS_NO_DOLLAR
            && (before == '$' || before == '{' || before == '!' || before == '#'
                    || before == '(')) {
        reads_by_dollar(scan->text, chain->word.start, end, scan->dollar, &reads);
        note_reads(scan, &reads, chain->word.start, true);
    }
}

/* The gap between two parts that keeps them in one chain: a separator, or two as in "::" and "__". */
static bool joins(struct span text, size_t from, size_t to)
{
    if (to - from > 2) {
        return false;
    }
    for (size_t i = from; i < to; i++) {
        char c = text.bytes[i];
        if (c != '_' && c != '.' && c != '-' && c != ':') {
            return false;
        }
    }
    return true;
}

/* Reads the letters and digits from at on into the chain, and looks up what ends there; gives where. */
static size_t scan_part(struct scan *scan, struct chain *chain, size_t at, bool begins_word)
{
    const unsigned char *lower = scan->usage->lower;
    const char *bytes = scan->text.bytes;
    size_t len = scan->text.len;
    uint64_t hash = chain->hash;
    size_t start = at;
    size_t glued = begins_word ? at + glued_before(scan->text, at) : at;
    struct part first = { at, hash, chain->letters, begins_word };
    begin_part(chain, &first);
    while (at < len && lower[(unsigned char)bytes[at]] != 0) {
        unsigned char c = lower[(unsigned char)bytes[at++]];
        hash = spelling_hash_add(hash, c);
        if (at == glued) {
            struct part part = { at, hash, chain->letters + (at - start), true };
            begin_part(chain, &part);
        }
        if (c == 'v' && at - start >= 3) {
            chain->has_env = chain->has_env
                    || (lower[(unsigned char)bytes[at - 2]] == 'n'
                            && lower[(unsigned char)bytes[at - 3]] == 'e');
        }
    }
    chain->hash = hash;
    chain->letters += at - start;
    size_t end = at;
    while (end < len && bytes[end] == '_') {
        end++;
    }
    if (end == len || lower[(unsigned char)bytes[end]] == 0) {
        look_up_all(scan, chain, at);
        if (end > at) {
            look_up_all(scan, chain, end); /* names that end in underscores */
        }
    }
    return at;
}

static void scan_text(struct scan *scan)
{
    const unsigned char *lower = scan->usage->lower;
    struct span text = scan->text;
    struct chain chain = { 0 };
    size_t at = 0;
    size_t part_end = 0;
    while (at < text.len) {
        if (lower[(unsigned char)text.bytes[at]] == 0 && text.bytes[at] != '_') {
            at++;
            continue;
        }
        /* one word, of parts between underscores */
        if (!joins(text, part_end, at)) {
            end_chain(&chain);
        }
        chain.word = (struct part){ .start = at, .hash = chain.hash, .letters = chain.letters };
        chain.has_env = false;
        bool is_first = true;
        while (at < text.len
                && (lower[(unsigned char)text.bytes[at]] != 0 || text.bytes[at] == '_')) {
            if (text.bytes[at] == '_') {
                at++;
                continue;
            }
            at = scan_part(scan, &chain, at, is_first);
            is_first = chain.letters - chain.word.letters == 1
                    && character_before(text, chain.word.start) == '%'; /* "%s_URL" */
            part_end = at;
        }
        end_word(scan, &chain, at);
    }
}

/* Text has no NULs; but one or two do not make a program of it. */
static bool is_binary(struct span text)
{
    size_t len = text.len < BINARY_BYTES ? text.len : BINARY_BYTES;
    size_t controls = 0;
    if (memchr(text.bytes, '\0', len) == NULL) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        controls += c < ' ' && c != '\t' && c != '\n' && c != '\r';
    }
    return controls * BINARY_SHARE > len;
}

/* UTF-16 as ASCII, with '?' for other characters; in memory for secrets. NULL without memory. */
static char *narrow(struct span text, size_t *ret_len)
{
    size_t low = text.bytes[0] == '\xff' ? 0 : 1;
    size_t len = text.len / 2;
    char *narrowed = locked_alloc(len);
    for (size_t i = 0; narrowed != NULL && i < len; i++) {
        bool is_ascii = text.bytes[2 * i + 1 - low] == '\0';
        narrowed[i] = is_ascii ? text.bytes[2 * i + low] : '?';
    }
    *ret_len = len;
    return narrowed;
}

static bool is_utf16(struct span text)
{
    return span_starts_with(text, "\xff\xfe") || span_starts_with(text, "\xfe\xff");
}

bool usage_scan(struct usage *usage, const char *file, struct span text, struct err *reterr)
{
    struct scan scan = { .usage = usage,
        .given_file = file,
        .text = text,
        .line = 1,
        .dollar = reads_dollar_of(file),
        .is_env_file = usage_is_env_file(file) || span_starts_with(text, MAP_FIRST_LINE) };
    if (scan.is_env_file) {
        scan.dollar = READS_DOLLAR;
    }
    if (is_utf16(text)) {
        char *narrowed = narrow(text, &scan.text.len);
        scan.text.bytes = narrowed;
        if (narrowed != NULL) {
            scan_text(&scan);
        }
        locked_free(narrowed);
        return narrowed == NULL || usage->has_no_memory ? err_set_no_memory(reterr) : true;
    }
    if (!is_binary(text)) {
        scan_text(&scan);
    }
    return usage->has_no_memory ? err_set_no_memory(reterr) : true;
}

/* ---- beginning and end ---- */

/* Settings that put a prefix before the names that code has. */
static const char *const prefix_settings[] = { "env_prefix", "SetEnvPrefix", "envconfig.Process",
    "AddEnvironmentVariables", "ConfigurationProperties", "with_prefix", "prefixed",
    "environ_prefix", "environment_prefix", "envvar_prefix", "auto_envvar_prefix", "ConfigMapping",
    "EnvironmentPrefix", "envPrefix", "env_nested_delimiter", "NewEnvProvider", "env.Provider",
    "prefixed_env", "from_prefixed_env", "AutomaticEnv", "dynaconf", "Anyway::Config" };

static bool add_names(struct usage *usage, const struct string_list *names)
{
    spellings_init(&usage->spellings);
    for (int c = 0; c < 256; c++) {
        usage->lower[c] = ascii_is_alnum((char)c) ? (unsigned char)ascii_lower((char)c) : 0;
    }
    usage->names = calloc(names->len + 1, sizeof(usage->names[0]));
    for (size_t i = 0; usage->names != NULL && i < names->len; i++) {
        usage->names[i].text = strdup(names->items[i]);
        if (usage->names[i].text == NULL) {
            return false;
        }
        usage->len++;
    }
    if (usage->names == NULL) {
        return false;
    }
    qsort(usage->names, usage->len, sizeof(usage->names[0]), compare_names);
    for (size_t i = 0; i < usage->len; i++) {
        const char *text = usage->names[i].text;
        if (!spellings_add_name(&usage->spellings, (struct span){ text, strlen(text) }, i)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof(prefix_settings) / sizeof(prefix_settings[0]); i++) {
        struct span text = { prefix_settings[i], strlen(prefix_settings[i]) };
        struct spelling setting = { .text = text, .kind = SPELLING_PREFIX };
        if (!spellings_add(&usage->spellings, &setting)) {
            return false;
        }
    }
    return true;
}

struct usage *usage_new(const struct string_list *names, struct err *reterr)
{
    struct usage *usage = calloc(1, sizeof(*usage));
    if (usage == NULL || !add_names(usage, names)) {
        usage_free(usage);
        (void)err_set_no_memory(reterr);
        return NULL;
    }
    return usage;
}

void usage_free(struct usage *usage)
{
    if (usage == NULL) {
        return;
    }
    for (size_t i = 0; i < usage->len; i++) {
        free(usage->names[i].text);
        free(usage->names[i].places.items);
        free(usage->names[i].tails.items);
    }
    for (size_t i = 0; i < usage->unset_len; i++) {
        free(usage->unset[i].name);
        free(usage->unset[i].places.items);
    }
    free(usage->names);
    free(usage->unset);
    free(usage->dynamic.items);
    string_list_clear(&usage->files);
    spellings_clear(&usage->spellings);
    free(usage);
}

void usage_release(struct usage **usage)
{
    usage_free(*usage);
    *usage = NULL;
}

/* ---- answers ---- */

/*
 * Whether a program may put the name together. Parts as they stand in the name tell it by themselves, since
 * not each dynamic read is recognised; others do where there is a dynamic read.
 */
static bool may_be_put_together(const struct usage *usage, const struct name *name)
{
    bool has_both = (name->tails_seen & name->heads_seen) != 0;
    return name->has_fragment
            || (usage->may_have_dynamic
                    && (has_both || name->has_quoted_head || name->has_lower_fragment));
}

struct usage_result usage_of(const struct usage *usage, const char *name)
{
    const struct name *found = find_name(usage, (struct span){ name, strlen(name) });
    struct usage_result result = { .is_library_read = library_names_has(name) };
    if (found == NULL) {
        return result;
    }
    /* A short tail, such as "id", is a use only where its head is, too: env_prefix = "APP_". */
    bool is_tail = usage->has_prefix_setting
            && (found->has_long_tail || (found->tails_seen & found->heads_seen) != 0);
    bool is_likely = result.is_library_read || is_tail || may_be_put_together(usage, found);
    result.verdict = found->verdict == USAGE_NOT_FOUND && is_likely ? USAGE_LIKELY : found->verdict;
    const struct usage_places *places = found->places.len == 0 && is_tail ? &found->tails
                                                                          : &found->places;
    result.places = places->items;
    result.place_count = places->len;
    return result;
}

size_t usage_unset_count(const struct usage *usage)
{
    return usage->unset_len;
}

const struct usage_unset *usage_unset_at(const struct usage *usage, size_t at)
{
    return &usage->unset[at];
}

const struct usage_places *usage_dynamic(const struct usage *usage)
{
    return &usage->dynamic;
}

bool usage_is_env_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t len = strlen(base);
    bool begins = strncmp(base, ".env", 4) == 0 && (base[4] == '\0' || base[4] == '.');
    return begins || (len > 4 && strcmp(base + len - 4, ".env") == 0);
}

const char *usage_word(enum usage_verdict verdict)
{
    static const char *const words[] = { [USAGE_NOT_FOUND] = "not found",
        [USAGE_LIKELY] = "likely",
        [USAGE_MENTIONED] = "mentioned",
        [USAGE_READ] = "read" };
    return words[verdict];
}
