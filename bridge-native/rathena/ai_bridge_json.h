/*
 * Reading and changing a JSON text at a path, for NPC scripts. Plain C that knows nothing of a server.
 *
 * The text is bytes in the charset of the game. A path is names with dots between, and places in lists
 * in brackets: "quest.rewards[0].item". A text that is not JSON to its last byte has no values.
 *
 * Nothing here allocates, waits or keeps state. C11 and C++17.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef AI_BRIDGE_JSON_H
#define AI_BRIDGE_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { AI_JSON_DEPTH = 64, AI_JSON_MAX_NAME = 256 };

/* The charset of the texts. */
typedef struct {
	/* Writes a character that stood as \uXXXX, in at most 8 bytes; returns how many. Null: UTF-8. */
	size_t (*encode)(void *context, uint32_t character, char *out);
	void *context;
	/* The first bytes of characters of two bytes whose second may look like a quote or a backslash:
	 * 0x81 to 0xFE in GBK and Big5. Both 0 where there are none. */
	unsigned char lead_from, lead_to;
	/* Those between which are characters alone: 0xA0 to 0xDF in Shift_JIS. */
	unsigned char alone_from, alone_to;
} ai_json_charset;

typedef struct {
	const ai_json_charset *charset;
	const char *at;
	const char *end;
	int depth;
} ai_json_reader;

/* What is written, up to a size; more is counted and not written. */
typedef struct {
	char *out;
	size_t size;
	size_t length;
} ai_json_writer;

static inline void ai_json_put(ai_json_writer *w, const char *bytes, size_t count) {
	if (w->length + count < w->size) {
		memcpy(w->out + w->length, bytes, count);
	}
	w->length += count;
}

/* Ends the text; its length, or -1 if it had no room. */
static inline long ai_json_end(ai_json_writer *w) {
	if (w->length >= w->size) {
		return -1;
	}
	w->out[w->length] = 0;
	return (long)w->length;
}

static inline size_t ai_json_utf8(void *context, uint32_t c, char *out) {
	(void)context;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | (c >> 6));
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | (c >> 12));
		out[1] = (char)(0x80 | ((c >> 6) & 63));
		out[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (char)(0xF0 | (c >> 18));
	out[1] = (char)(0x80 | ((c >> 12) & 63));
	out[2] = (char)(0x80 | ((c >> 6) & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* How many bytes the character at p takes, of those before end. */
static inline size_t ai_json_character(const ai_json_charset *charset, const char *p, const char *end) {
	const unsigned char c = (unsigned char)*p;
	if (charset != NULL && charset->lead_from != 0 && c >= charset->lead_from && c <= charset->lead_to
		&& !(charset->alone_from != 0 && c >= charset->alone_from && c <= charset->alone_to) && p + 1 < end) {
		return 2;
	}
	return 1;
}

static inline void ai_json_space(ai_json_reader *r) {
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) {
		r->at++;
	}
}

static inline int ai_json_hex4(ai_json_reader *r, uint32_t *value) {
	int i;
	if (r->end - r->at < 4) {
		return 0;
	}
	*value = 0;
	for (i = 0; i < 4; i++) {
		const char c = *r->at++;
		uint32_t digit;
		if (c >= '0' && c <= '9') {
			digit = (uint32_t)(c - '0');
		} else if (c >= 'a' && c <= 'f') {
			digit = (uint32_t)(c - 'a' + 10);
		} else if (c >= 'A' && c <= 'F') {
			digit = (uint32_t)(c - 'A' + 10);
		} else {
			return 0;
		}
		*value = *value << 4 | digit;
	}
	return 1;
}

/* Reads \uXXXX, of which the u is next; halves that have no other half become '?'. */
static inline int ai_json_unicode(ai_json_reader *r, uint32_t *value) {
	uint32_t low;
	r->at++;
	if (!ai_json_hex4(r, value)) {
		return 0;
	}
	if (*value >= 0xD800 && *value < 0xDC00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
		const char *before = r->at;
		r->at += 2;
		if (!ai_json_hex4(r, &low)) {
			return 0;
		}
		if (low >= 0xDC00 && low < 0xE000) {
			*value = 0x10000 + ((*value - 0xD800) << 10) + (low - 0xDC00);
			return 1;
		}
		r->at = before;
	}
	if ((*value >= 0xD800 && *value < 0xE000) || *value == 0) {
		*value = '?';
	}
	return 1;
}

/* Reads a text with its quotes, and writes what it says; w may be null. */
static inline int ai_json_string(ai_json_reader *r, ai_json_writer *w) {
	if (r->at >= r->end || *r->at != '"') {
		return 0;
	}
	r->at++;
	while (r->at < r->end && *r->at != '"') {
		char buffer[8];
		size_t count = 1;
		if ((unsigned char)*r->at < 0x20) {
			return 0;
		}
		if (*r->at != '\\') {
			count = ai_json_character(r->charset, r->at, r->end);
			if (w != NULL) {
				ai_json_put(w, r->at, count);
			}
			r->at += count;
			continue;
		}
		if (++r->at >= r->end) {
			return 0;
		}
		switch (*r->at) {
		case '"': case '\\': case '/': buffer[0] = *r->at++; break;
		case 'b': buffer[0] = '\b'; r->at++; break;
		case 'f': buffer[0] = '\f'; r->at++; break;
		case 'n': buffer[0] = '\n'; r->at++; break;
		case 'r': buffer[0] = '\r'; r->at++; break;
		case 't': buffer[0] = '\t'; r->at++; break;
		case 'u': {
			uint32_t character;
			if (!ai_json_unicode(r, &character)) {
				return 0;
			}
			if (r->charset != NULL && r->charset->encode != NULL) {
				count = r->charset->encode(r->charset->context, character, buffer);
			} else {
				count = ai_json_utf8(NULL, character, buffer);
			}
			break;
		}
		default: return 0;
		}
		if (w != NULL) {
			ai_json_put(w, buffer, count);
		}
	}
	if (r->at >= r->end) {
		return 0;
	}
	r->at++;
	return 1;
}

static inline int ai_json_digits(ai_json_reader *r) {
	const char *from = r->at;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
		r->at++;
	}
	return r->at > from;
}

static inline int ai_json_number(ai_json_reader *r) {
	if (r->at < r->end && *r->at == '-') {
		r->at++;
	}
	if (r->at < r->end && *r->at == '0') {
		r->at++;
	} else if (!ai_json_digits(r)) {
		return 0;
	}
	if (r->at < r->end && *r->at == '.') {
		r->at++;
		if (!ai_json_digits(r)) {
			return 0;
		}
	}
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		r->at++;
		if (r->at < r->end && (*r->at == '+' || *r->at == '-')) {
			r->at++;
		}
		return ai_json_digits(r);
	}
	return 1;
}

static inline int ai_json_word(ai_json_reader *r, const char *word) {
	const size_t length = strlen(word);
	if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0) {
		return 0;
	}
	r->at += length;
	return 1;
}

static inline int ai_json_skip(ai_json_reader *r);

/* Reads `"name" :`, and writes the name. */
static inline int ai_json_name(ai_json_reader *r, char *name, size_t size) {
	ai_json_writer w = {name, size, 0};
	ai_json_space(r);
	if (!ai_json_string(r, &w)) {
		return 0;
	}
	if (ai_json_end(&w) < 0) {
		name[0] = 0; /* longer than any name of a path */
	}
	ai_json_space(r);
	if (r->at >= r->end || *r->at != ':') {
		return 0;
	}
	r->at++;
	return 1;
}

/* A step of a path: a name, or a place if the name is null. */
typedef struct {
	char name[AI_JSON_MAX_NAME];
	int is_place;
	long place;
} ai_json_step;

/* Takes the next step of a path: 1 a step, 0 the end, -1 no path. */
static inline int ai_json_next_step(const ai_json_charset *charset, const char **path, int first, ai_json_step *step) {
	const char *p = *path;
	const char *end = p + strlen(p);
	size_t length = 0;
	if (*p == 0) {
		return 0;
	}
	step->is_place = *p == '[';
	if (step->is_place) {
		step->place = 0;
		for (p++; *p >= '0' && *p <= '9' && p - *path < 8; p++) {
			step->place = step->place * 10 + (*p - '0');
		}
		if (*p != ']' || p == *path + 1) {
			return -1;
		}
		*path = p + 1;
		return 1;
	}
	if (!first) {
		if (*p != '.') {
			return -1;
		}
		p++;
	}
	while (p < end && *p != '.' && *p != '[') {
		const size_t count = ai_json_character(charset, p, end);
		if (length + count >= sizeof step->name) {
			return -1;
		}
		memcpy(step->name + length, p, count);
		length += count;
		p += count;
	}
	step->name[length] = 0;
	*path = p;
	return length > 0 ? 1 : -1;
}

/* What a look for a step found inside one object or list. */
typedef struct {
	const char *from; /* the value, or null if the step is not there */
	const char *to;
	const char *close; /* the bracket that ends the object or list */
	long count; /* how many it has */
} ai_json_found;

/* Reads an object or a list; 0 if it is none, or no JSON. Of a name that comes twice the last one counts. */
static inline int ai_json_members(ai_json_reader *r, const ai_json_step *step, ai_json_found *found) {
	char name[AI_JSON_MAX_NAME];
	const char open = r->at < r->end ? *r->at : 0;
	const char close = open == '{' ? '}' : ']';
	found->from = found->to = NULL;
	found->count = 0;
	if ((open != '{' && open != '[') || ++r->depth > AI_JSON_DEPTH) {
		return 0;
	}
	r->at++;
	ai_json_space(r);
	if (r->at < r->end && *r->at == close) {
		found->close = r->at++;
		r->depth--;
		return 1;
	}
	for (;;) {
		const char *from;
		if (open == '{' && !ai_json_name(r, name, sizeof name)) {
			return 0;
		}
		ai_json_space(r);
		from = r->at;
		if (!ai_json_skip(r)) {
			return 0;
		}
		if (step != NULL && step->is_place == (open == '[')
			&& (step->is_place ? step->place == found->count : strcmp(name, step->name) == 0)) {
			found->from = from;
			found->to = r->at;
		}
		found->count++;
		ai_json_space(r);
		if (r->at >= r->end) {
			return 0;
		}
		if (*r->at == close) {
			found->close = r->at++;
			r->depth--;
			return 1;
		}
		if (*r->at != ',') {
			return 0;
		}
		r->at++;
	}
}

/* Reads a value of any kind. */
static inline int ai_json_skip(ai_json_reader *r) {
	ai_json_found all;
	ai_json_space(r);
	if (r->at >= r->end) {
		return 0;
	}
	switch (*r->at) {
	case '{': case '[': return ai_json_members(r, NULL, &all);
	case '"': return ai_json_string(r, NULL);
	case 't': return ai_json_word(r, "true");
	case 'f': return ai_json_word(r, "false");
	case 'n': return ai_json_word(r, "null");
	default: return ai_json_number(r);
	}
}

/* Whether the whole text is one JSON value; its first and last byte. */
static inline int ai_json_whole(const ai_json_charset *charset, const char *text, const char **from, const char **to) {
	ai_json_reader r = {charset, text, text + strlen(text), 0};
	ai_json_space(&r);
	*from = r.at;
	if (!ai_json_skip(&r)) {
		return 0;
	}
	*to = r.at;
	ai_json_space(&r);
	return r.at == r.end;
}

/*
 * Writes the value at a path: a text as what it says, anything else as it stands in JSON. Returns its
 * length, or -1 if the text is no JSON, the path no path, the value not there, null, or too long.
 */
static inline long ai_json_get(
	const ai_json_charset *charset, const char *text, const char *path, char *out, size_t size) {
	ai_json_writer w = {out, size, 0};
	ai_json_reader r = {charset, NULL, NULL, 0};
	ai_json_step step;
	int kind, first = 1;
	const char *from, *to;
	if (!ai_json_whole(charset, text, &from, &to)) {
		return -1;
	}
	while ((kind = ai_json_next_step(charset, &path, first, &step)) > 0) {
		ai_json_found found;
		r.at = from;
		r.end = to;
		if (!ai_json_members(&r, &step, &found) || found.from == NULL) {
			return -1;
		}
		from = found.from;
		to = found.to;
		first = 0;
	}
	if (kind < 0 || *from == 'n') {
		return -1;
	}
	if (*from == '"') {
		r.at = from;
		r.end = to;
		ai_json_string(&r, &w);
	} else {
		ai_json_put(&w, from, (size_t)(to - from));
	}
	return ai_json_end(&w);
}

static inline void ai_json_put_string(const ai_json_charset *charset, ai_json_writer *w, const char *text) {
	const char *end = text + strlen(text);
	char buffer[8];
	ai_json_put(w, "\"", 1);
	while (text < end) {
		const size_t count = ai_json_character(charset, text, end);
		if (count == 1 && (*text == '"' || *text == '\\')) {
			ai_json_put(w, "\\", 1);
			ai_json_put(w, text, 1);
		} else if ((unsigned char)*text < 0x20) {
			snprintf(buffer, sizeof buffer, "\\u%04x", (unsigned)(unsigned char)*text);
			ai_json_put(w, buffer, 6);
		} else {
			ai_json_put(w, text, count);
		}
		text += count;
	}
	ai_json_put(w, "\"", 1);
}

/* Writes what is missing at the end of a path: the objects and lists around the value, and the value. */
static inline int ai_json_put_rest(
	const ai_json_charset *charset, ai_json_writer *w, const char *path, int depth, const char *string, int64_t number) {
	ai_json_step step;
	const int kind = ai_json_next_step(charset, &path, depth == 0, &step);
	int ok;
	if (kind < 0 || depth > AI_JSON_DEPTH) {
		return 0;
	}
	if (kind == 0) {
		char digits[24];
		if (string != NULL) {
			ai_json_put_string(charset, w, string);
		} else {
			ai_json_put(w, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)number));
		}
		return 1;
	}
	if (step.is_place && step.place != 0) {
		return 0; /* a list has no gaps */
	}
	if (step.is_place) {
		ai_json_put(w, "[", 1);
		ok = ai_json_put_rest(charset, w, path, depth + 1, string, number);
		ai_json_put(w, "]", 1);
	} else {
		ai_json_put(w, "{", 1);
		ai_json_put_string(charset, w, step.name);
		ai_json_put(w, ":", 1);
		ok = ai_json_put_rest(charset, w, path, depth + 1, string, number);
		ai_json_put(w, "}", 1);
	}
	return ok;
}

/*
 * Writes the text with another value at a path: string, or number if that is null. What is missing on
 * the way is made; a place in a list may be the one behind the last. An empty text is an empty value.
 * Returns the new length, or -1 if the text is no JSON, the path none or through a value that has no
 * members, or the result too long.
 */
static inline long ai_json_set(const ai_json_charset *charset, const char *text, const char *path, const char *string,
	int64_t number, char *out, size_t size) {
	ai_json_writer w = {out, size, 0};
	ai_json_reader r = {charset, NULL, NULL, 0};
	ai_json_step step;
	int depth = 0, kind;
	const char *from, *to, *rest = path;
	if (*path == 0) {
		return -1;
	}
	if (*text == 0) {
		return ai_json_put_rest(charset, &w, path, 0, string, number) ? ai_json_end(&w) : -1;
	}
	if (!ai_json_whole(charset, text, &from, &to)) {
		return -1;
	}
	while ((kind = ai_json_next_step(charset, &rest, depth == 0, &step)) > 0) {
		ai_json_found found;
		r.at = from;
		r.end = to;
		if (step.is_place != (*from == '[') || !ai_json_members(&r, &step, &found)) {
			return -1;
		}
		if (found.from == NULL) {
			if (step.is_place && step.place != found.count) {
				return -1;
			}
			ai_json_put(&w, text, (size_t)(found.close - text));
			if (found.count > 0) {
				ai_json_put(&w, ",", 1);
			}
			if (!step.is_place) {
				ai_json_put_string(charset, &w, step.name);
				ai_json_put(&w, ":", 1);
			}
			if (!ai_json_put_rest(charset, &w, rest, depth + 1, string, number)) {
				return -1;
			}
			ai_json_put(&w, found.close, strlen(found.close));
			return ai_json_end(&w);
		}
		from = found.from;
		to = found.to;
		depth++;
	}
	if (kind < 0) {
		return -1;
	}
	ai_json_put(&w, text, (size_t)(from - text));
	ai_json_put_rest(charset, &w, rest, depth, string, number);
	ai_json_put(&w, to, strlen(to));
	return ai_json_end(&w);
}

#endif
