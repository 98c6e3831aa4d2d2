/*
 * The parts of the glue that know nothing of a server: JSON at a path, and who waits for what.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "../ai_bridge_json.h"
#include "../ai_bridge_waits.h"
#include "../../test/check.h"

static char out[4096];

static const char *get(const ai_json_charset *charset, const char *text, const char *path) {
	return ai_json_get(charset, text, path, out, sizeof out) < 0 ? "(none)" : out;
}

static const char *set(const char *text, const char *path, const char *string, int64_t number) {
	return ai_json_set(NULL, text, path, string, number, out, sizeof out) < 0 ? "(none)" : out;
}

#define GETS(text, path, value) CHECK(strcmp(get(NULL, text, path), value) == 0)
#define SETS(text, path, string, number, value) CHECK(strcmp(set(text, path, string, number), value) == 0)

static void a_path_leads_to_its_value(void) {
	const char *text = " {\"a\": {\"b\": [1, {\"c\": \"x\"}, [true]]}, \"n\": -1.5e3, \"e\": {}, \"z\": null} ";
	GETS(text, "a.b[0]", "1");
	GETS(text, "a.b[1].c", "x");
	GETS(text, "a.b[2][0]", "true");
	GETS(text, "a.b[2]", "[true]");
	GETS(text, "n", "-1.5e3");
	GETS(text, "e", "{}");
	GETS("[7]", "[0]", "7");
	GETS("\"alone\"", "", "alone");
	GETS("{\"a\": 1, \"a\": 2}", "a", "2");
}

static void what_is_not_there_is_none(void) {
	static const char *const PATHS[] = {"z", "b", "a.c", "a.b[3]", "a.b.c", "a[0]", "a..b", ".a", "a.b[", "a.b[x]",
		"a.b[]", "a.b[0]c", "a.b[99999999999]", "a.b[1].c.d"};
	size_t i;
	for (i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
		GETS("{\"a\": {\"b\": [1, {\"c\": \"x\"}]}, \"z\": null}", PATHS[i], "(none)");
	}
}

/* An answer that was cut, or is a page of HTML, has no values at all. */
static void what_is_no_json_has_no_values(void) {
	static const char *const TEXTS[] = {"", " ", "{", "{\"a\": 1", "{\"a\": 1}}", "{\"a\": 1,}", "{\"a\" 1}", "{a: 1}", "<html>",
		"{\"a\": 1, \"b\": \"x}", "{\"a\": 1, \"b\": tru}", "{\"a\": 1, \"b\": 01}", "{\"a\": 1, \"b\": 1.}", "{\"a\": 1, \"b\": \"\\x\"}",
		"{\"a\": 1, \"b\": \"\\u12\"}", "{\"a\": 1, \"b\": \"\n\"}", "{\"a\": 1, \"b\": [1 2]}", "{\"a\": 1, \"b\": -}"};
	size_t i;
	for (i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		GETS(TEXTS[i], "a", "(none)");
	}
}

static void texts_are_what_they_say(void) {
	GETS("{\"a\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "a", "\"\\/\b\f\n\r\t");
	GETS("{\"a\": \"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"}", "a", "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
	GETS("{\"a\": \"\\ud83d!\\ude00\\u0000\"}", "a", "?!??");
	GETS("{\"\\u0061\": 1}", "a", "1");
}

/* The second byte of a character may look like a backslash or a quote, in Big5 and GBK. */
static void characters_of_two_bytes_stay_whole(void) {
	const ai_json_charset big5 = {NULL, NULL, 0x81, 0xFE, 0, 0};
	const ai_json_charset shift_jis = {NULL, NULL, 0x81, 0xFC, 0xA0, 0xDF};
	CHECK(strcmp(get(&big5, "{\"a\": \"\xB3\\\", \"b\": 1}", "a"), "\xB3\\") == 0);
	CHECK(strcmp(get(&big5, "{\"\xB3\\\": \"x\"}", "\xB3\\"), "x") == 0);
	CHECK(strcmp(get(&shift_jis, "{\"a\": \"\x83\\\xB1\"}", "a"), "\x83\\\xB1") == 0);
	CHECK(strcmp(get(NULL, "{\"a\": \"\xB3\\\", \"b\": 1}", "a"), "(none)") == 0);
	CHECK(ai_json_set(&big5, "", "a", "\xB3\\\"", 0, out, sizeof out) > 0 && strcmp(out, "{\"a\":\"\xB3\\\\\"\"}") == 0);
}

static void a_value_is_set_and_what_is_missing_is_made(void) {
	SETS("", "a", "x", 0, "{\"a\":\"x\"}");
	SETS("", "a.b[0].c", NULL, -5, "{\"a\":{\"b\":[{\"c\":-5}]}}");
	SETS("", "[0]", NULL, 1, "[1]");
	SETS("{}", "a", NULL, 1, "{\"a\":1}");
	SETS("{\"a\": 1}", "a", "x\"\\\n", 0, "{\"a\": \"x\\\"\\\\\\u000a\"}");
	SETS("{\"a\": {\"b\": 1}, \"c\": 2}", "a.d", NULL, 3, "{\"a\": {\"b\": 1,\"d\":3}, \"c\": 2}");
	SETS("{\"a\": [1, 2]}", "a[2]", NULL, 3, "{\"a\": [1, 2,3]}");
	SETS("{\"a\": [1, 2]}", "a[0]", "z", 0, "{\"a\": [\"z\", 2]}");
}

static void what_cannot_be_set_is_refused(void) {
	SETS("", "", "x", 0, "(none)");
	SETS("{", "a", "x", 0, "(none)");
	SETS("{\"a\": 1}", "a.b", "x", 0, "(none)");
	SETS("{\"a\": null}", "a.b", "x", 0, "(none)");
	SETS("{\"a\": []}", "a[1]", "x", 0, "(none)");
	SETS("{\"a\": []}", "a.b", "x", 0, "(none)");
	SETS("", "a..b", "x", 0, "(none)");
	SETS("", "a[1]", "x", 0, "(none)");
	CHECK(ai_json_set(NULL, "", "a", "12345678", 0, out, 10) == -1);
	CHECK(ai_json_get(NULL, "[\"12345678\"]", "[0]", out, 8) == -1);
	CHECK(ai_json_get(NULL, "[\"1234567\"]", "[0]", out, 8) == 7);
}

static void no_depth_takes_the_stack(void) {
	enum { DEEP = 100000 };
	char *text = (char *)malloc(2 * DEEP + 1);
	CHECK(text != NULL);
	memset(text, '[', DEEP);
	memset(text + DEEP, ']', DEEP);
	text[2 * DEEP] = 0;
	GETS(text, "[0]", "(none)");
	text[DEEP] = 0;
	GETS(text, "[0]", "(none)");
	memset(text, 'a', 2);
	for (int i = 0; i < DEEP; i++) {
		text[2 * i] = 'a';
		text[2 * i + 1] = '.';
	}
	text[2 * DEEP - 1] = 0;
	SETS("", text, "x", 0, "(none)");
	free(text);
}

/* Whatever bytes come, nothing is read or written outside; the sanitizers look. */
static void no_bytes_do_harm(void) {
	static const char SEED[] = "{\"a\":[1,{\"b\":\"\\u20ac\\ud83d\\ude00x\"}],\"c\":-1.5e+3,\"d\":true}";
	uint64_t dice = 88172645463325252u;
	int i;
	for (i = 0; i < 20000; i++) {
		char text[sizeof SEED], small[24];
		const ai_json_charset big5 = {NULL, NULL, 0x81, 0xFE, 0, 0};
		int changes;
		memcpy(text, SEED, sizeof SEED);
		for (changes = 0; changes < 3; changes++) {
			dice ^= dice << 13;
			dice ^= dice >> 7;
			dice ^= dice << 17;
			text[(dice >> 20) % (sizeof SEED - 1)] = (char)(dice >> 40);
		}
		ai_json_get(i % 2 ? &big5 : NULL, text, "a[1].b", small, sizeof small);
		ai_json_set(i % 2 ? &big5 : NULL, text, "a[2].x", "y", 0, small, sizeof small);
	}
}

static void an_answer_is_taken_once(void) {
	ai_waits waits;
	char *body;
	CHECK(ai_waits_make(&waits, 4));
	CHECK(ai_waits_look(&waits, 0, 0) == AI_WAIT_NONE);
	CHECK(ai_waits_ask(&waits, 0, 71, 100, 1) == 0);
	CHECK(ai_waits_look(&waits, 0, 99) == AI_WAIT_ASKED);
	CHECK(ai_waits_answer(&waits, 0, "nobody's", 8) == NULL);
	CHECK(ai_waits_answer(&waits, 71, "hello", 5) != NULL);
	CHECK(ai_waits_answer(&waits, 71, "again", 5) == NULL);
	CHECK(ai_waits_look(&waits, 0, 200) == AI_WAIT_ANSWERED);
	body = ai_waits_take(&waits, 0);
	CHECK(body != NULL && strcmp(body, "hello") == 0);
	free(body);
	CHECK(ai_waits_look(&waits, 0, 0) == AI_WAIT_NONE && waits.count == 0 && waits.answered == 0);
	free(waits.places);
}

static void an_empty_answer_is_one(void) {
	ai_waits waits;
	CHECK(ai_waits_make(&waits, 4));
	CHECK(ai_waits_ask(&waits, 3, 71, 100, 1) == 0);
	CHECK(ai_waits_answer(&waits, 71, NULL, 0) != NULL);
	CHECK(ai_waits_look(&waits, 3, 0) == AI_WAIT_ANSWERED);
	CHECK(ai_waits_take(&waits, 3) == NULL);
	free(waits.places);
}

static void a_wait_without_an_answer_ends(void) {
	ai_waits waits;
	CHECK(ai_waits_make(&waits, 4));
	CHECK(ai_waits_ask(&waits, 3, 71, 100, 1) == 0);
	CHECK(ai_waits_look(&waits, 3, 100) == AI_WAIT_OVER);
	CHECK(ai_waits_take(&waits, 3) == NULL && waits.count == 0);
	CHECK(ai_waits_answer(&waits, 71, "late", 4) == NULL);
	free(waits.places);
}

/* The server gives the number of a script that is gone to the next one. */
static void an_answer_never_goes_to_another_script_of_the_same_number(void) {
	ai_waits waits;
	CHECK(ai_waits_make(&waits, 4));
	CHECK(ai_waits_ask(&waits, 3, 71, 100, 1) == 0);
	CHECK(ai_waits_ask(&waits, 3, 72, 100, 1) == 71);
	CHECK(ai_waits_answer(&waits, 71, "of the first", 12) == NULL);
	CHECK(ai_waits_look(&waits, 3, 0) == AI_WAIT_ASKED && waits.count == 1);
	CHECK(ai_waits_answer(&waits, 72, NULL, 0) != NULL);
	CHECK(ai_waits_ask(&waits, 3, 73, 100, 1) == 0);
	CHECK(waits.count == 1 && waits.answered == 0);
	free(waits.places);
}

static void an_answer_knows_whether_the_service_was_asked(void) {
	ai_waits waits;
	CHECK(ai_waits_make(&waits, 1));
	CHECK(ai_waits_ask(&waits, 3, 71, 100, 0) == 0);
	CHECK(!ai_waits_answer(&waits, 71, NULL, 0)->of_service);
	CHECK(ai_waits_take(&waits, 3) == NULL);
	CHECK(ai_waits_ask(&waits, 3, 72, 100, 1) == 0);
	CHECK(ai_waits_answer(&waits, 72, NULL, 0)->of_service);
	CHECK(ai_waits_take(&waits, 3) == NULL);
	free(waits.places);
}

static void too_many_waits_are_refused(void) {
	ai_waits waits;
	CHECK(ai_waits_make(&waits, 2));
	CHECK(ai_waits_ask(&waits, 1, 71, 100, 1) == 0);
	CHECK(ai_waits_ask(&waits, 2, 72, 100, 1) == 0);
	CHECK(ai_waits_ask(&waits, 3, 73, 100, 1) == 73);
	CHECK(waits.count == 2);
	free(waits.places);
}

int main(void) {
	a_path_leads_to_its_value();
	what_is_not_there_is_none();
	what_is_no_json_has_no_values();
	texts_are_what_they_say();
	characters_of_two_bytes_stay_whole();
	a_value_is_set_and_what_is_missing_is_made();
	what_cannot_be_set_is_refused();
	no_depth_takes_the_stack();
	no_bytes_do_harm();
	an_answer_is_taken_once();
	an_empty_answer_is_one();
	a_wait_without_an_answer_ends();
	an_answer_never_goes_to_another_script_of_the_same_number();
	an_answer_knows_whether_the_service_was_asked();
	too_many_waits_are_refused();
	puts("all is as it should be");
	return 0;
}
