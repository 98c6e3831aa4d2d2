/*
 * The library against a companion of the test's own, in one process: the door both ways, time-outs,
 * what a dead side leaves, bad places. `door DIR`, an empty folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "companion.h"

#ifndef KILLS
#define KILLS 40
#endif

/* ---- a server ---- */

static uint64_t answered;
static int answers, last_status;
static char last_body[512];
static int actions, logged;
static uint64_t last_action;
static char last_log[512];

static void on_answer(void *context, uint64_t number, int status, const char *body, size_t size) {
	(void)context;
	answers++;
	answered = number;
	last_status = status;
	CHECK(strlen(body) == size);
	snprintf(last_body, sizeof last_body, "%s", body);
}

static void on_action(void *context, const ai_bridge_action *action) {
	ai_bridge_handlers none = {on_answer, on_action, NULL};
	(void)context;
	actions++;
	last_action = action->number;
	CHECK(strcmp(action->type, "spawn_monster") == 0);
	CHECK(strcmp(ai_bridge_text(action, "map"), "geffen") == 0);
	CHECK(strcmp(ai_bridge_text(action, "amount"), "-5") == 0);
	CHECK(ai_bridge_number(action, "amount", 1) == -5);
	CHECK(ai_bridge_number(action, "map", 1) == 1);
	CHECK(ai_bridge_number(action, "ma", 7) == 7);
	CHECK(ai_bridge_text(action, "none") == NULL);
	CHECK(ai_bridge_tick(in_handler, &none, 1000) == 0); /* A tick in a handler does nothing. */
}

static void on_log(void *context, int level, const char *sentence) {
	(void)context;
	(void)level;
	logged++;
	snprintf(last_log, sizeof last_log, "%s", sentence);
}

static const ai_bridge_handlers handlers = {on_answer, on_action, NULL};

static ai_bridge_options options(void) {
	ai_bridge_options o = {sizeof o, "door", NULL, NULL, RING, 4, NULL, on_log, NULL};
	o.folder = folder;
	return o;
}

static ai_bridge *open_bridge(void) {
	char why[256];
	ai_bridge_options o = options();
	ai_bridge *b = ai_bridge_open(&o, why, sizeof why);
	if (b == NULL) {
		fprintf(stderr, "%s\n", why);
	}
	CHECK(b != NULL);
	in_handler = b;
	return b;
}

static void refused(ai_bridge_options o, const char *part) {
	char why[256];
	ai_bridge *b = ai_bridge_open(&o, why, sizeof why);
	CHECK(b == NULL);
	if (strstr(why, part) == NULL) {
		fprintf(stderr, "%s\n", why);
	}
	CHECK(strstr(why, part) != NULL);
}

static void bad_options_get_a_sentence(void) {
	ai_bridge_options o = options();
	char path[300];
	o.size--;
	refused(o, "options");
	o = options();
	o.server_id = "a/b";
	refused(o, "server_id");
	o.server_id = NULL;
	refused(o, "server_id");
	o = options();
	o.charset = "";
	refused(o, "charset");
	o = options();
	o.ring_bytes = 65537;
	refused(o, "ring_bytes");
	o = options();
	o.requests = 65537;
	refused(o, "requests");
	o = options();
	o.folder = "/nowhere/at/all";
	refused(o, "cannot be made");
	snprintf(path, sizeof path, "%s/open", folder);
	CHECK(mkdir(path, 0777) == 0 && chmod(path, 0777) == 0);
	o.folder = path;
	refused(o, "chmod 700");
	CHECK(rmdir(path) == 0);
	CHECK(symlink("/tmp", path) == 0);
	refused(o, "cannot be used");
	CHECK(unlink(path) == 0);
}

static void a_bridge_that_is_none_does_nothing(void) {
	char json[8];
	CHECK(ai_bridge_player_login(NULL, 1, "prontera") == AI_BRIDGE_OFF);
	CHECK(ai_bridge_tick(NULL, &handlers, 1000) == 0);
	CHECK(ai_bridge_http_get(NULL, NULL, "/x", 1) == 0);
	CHECK(ai_bridge_result(NULL, 1, 1, NULL) == AI_BRIDGE_OFF);
	CHECK(ai_bridge_reload(NULL) == AI_BRIDGE_OFF);
	CHECK(ai_bridge_status(NULL, json, sizeof json) == 0);
	CHECK(ai_bridge_companion_alive(NULL) == 0);
	ai_bridge_forget(NULL, 1);
	ai_bridge_close(NULL);
}

static void requests_are_answered_once(ai_bridge *b) {
	unsigned char record[4096];
	uint64_t numbers[4], one;
	int size, i;
	answers = 0;
	one = ai_bridge_http_post(b, "npc", "/ai", "{}", 2, 60000);
	CHECK(one != 0);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 1 && size == 32 + 3 + 3 + 2);
	CHECK(memcmp(record, &one, 8) == 0 && memcmp(record + 32, "npc/ai{}", 8) == 0);
	write_answer(one, 200, "hello");
	write_answer(one, 200, "again");
	write_answer(12345, 200, "nobody");
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 1);
	CHECK(answers == 1 && answered == one && last_status == 200 && strcmp(last_body, "hello") == 0);
	for (i = 0; i < 4; i++) {
		numbers[i] = ai_bridge_http_get(b, NULL, "/x", 1);
		CHECK(numbers[i] != 0 && numbers[i] != one);
	}
	CHECK(ai_bridge_http_get(b, NULL, "/x", 1) == 0); /* Four at once, the options say. */
	ai_bridge_forget(b, numbers[2]);
	usleep(20000);
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 3);
	CHECK(answers == 4 && last_status == 0 && last_body[0] == 0);
	write_answer(numbers[0], 200, "late");
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 0);
	for (i = 0; i < 4; i++) {
		CHECK(read_record(calls(), DOOR_RING, record, &size) == 1);
	}
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 2 && memcmp(record, &numbers[2], 8) == 0);
	CHECK(ai_bridge_reload(b) == AI_BRIDGE_TAKEN);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 4);
}

static void actions_are_applied_once(ai_bridge *b, int64_t companion) {
	unsigned char record[4096];
	int size;
	actions = 0;
	write_action(77, companion, "a-1", "spawn_monster");
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 1 && actions == 1 && last_action == 77);
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 0);
	CHECK(ai_bridge_result(b, 78, 1, NULL) == AI_BRIDGE_UNKNOWN);
	CHECK(ai_bridge_result(b, 77, 1, "well done") == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_result(b, 77, 1, "well done") == AI_BRIDGE_UNKNOWN);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 3);
	CHECK(record[8] == 1 && memcmp(record + 24, "a-1well done", 12) == 0);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 0);
}

static void an_action_of_a_dead_companion_is_not_begun(ai_bridge *b, int64_t companion) {
	unsigned char record[4096];
	int size;
	actions = 0;
	write_action(79, companion, "a-2", "spawn_monster");
	claim_turn(100); /* and dies */
	attach(companion + 1);
	write_action(80, companion + 1, "a-3", "spawn_monster");
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 1 && actions == 1 && last_action == 80);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 3);
	CHECK(record[0] == 79 && record[8] == 2 && memcmp(record + 24, "a-2", 3) == 0);
	CHECK(ai_bridge_result(b, 80, 0, NULL) == AI_BRIDGE_TAKEN);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 3 && record[8] == 0);
}

/* A server that never tells an action's end gets its place back. */
static void an_action_that_is_given_up_has_no_end(ai_bridge *b, int64_t companion) {
	unsigned char record[4096];
	uint64_t number = 91;
	int size;
	write_action(number, companion, "a-91", "spawn_monster");
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 1 && last_action == number);
	write_turn(4, &number, 8);
	write_turn(4, "short", 5);
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 0);
	CHECK(strstr(last_log, "the end of action a-91 was not told within action_timeout") != NULL);
	CHECK(ai_bridge_result(b, number, 1, NULL) == AI_BRIDGE_UNKNOWN);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 0);
}

static void a_claim_under_way_is_waited_for(ai_bridge *b) {
	unsigned char *at = claim_turn(24);
	answers = 0;
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 0);
	CHECK(get64(turns() + DOOR_RING + 384) < get64(turns() + DOOR_RING + 128));
	set32(at + 4, 99); /* A type of a later version is passed over. */
	set32(at, 32);
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 0);
	CHECK(get64(turns() + DOOR_RING + 384) == get64(turns() + DOOR_RING + 128));
}

static void garbage_in_the_door_hurts_nobody(ai_bridge *b, int64_t companion) {
	unsigned char record[600];
	unsigned seed = 1;
	int i, k;
	for (i = 0; i < 3000; i++) {
		int size = (int)(seed % 590);
		for (k = 0; k < size; k++) {
			seed = seed * 1103515245u + 12345u;
			record[k] = (unsigned char)(seed >> 16);
		}
		if (i % 2 == 0 && size >= 32) { /* plausible lengths, so that the fields are looked at */
			memset(record + 16, 0, 12);
			memcpy(record + 8, &companion, 8);
			record[16] = (unsigned char)(seed >> 8) % 8;
			record[20] = (unsigned char)(seed >> 9) % 8;
			record[24] = (unsigned char)(seed >> 10) % 4;
		}
		write_turn(1 + i % 4, record, size);
		ai_bridge_tick(b, &(ai_bridge_handlers){on_answer, NULL, NULL}, 100000);
		seed = seed * 1103515245u + 12345u;
	}
	write_turn(3, "\1\0\0\0good morning", 16);
	ai_bridge_tick(b, &handlers, 100000);
	CHECK(strcmp(last_log, "good morning") == 0);
}

static void the_status_is_copied_whole(ai_bridge *b) {
	char json[64];
	CHECK(ai_bridge_status(b, json, sizeof json) == 0);
	memcpy(door + HEADER, "{\"a\":1}", 7);
	set32(door + 72, 7);
	CHECK(ai_bridge_status(b, json, sizeof json) == 7 && strcmp(json, "{\"a\":1}") == 0);
	CHECK(ai_bridge_status(b, json, 7) == 0);
	set64(door + 64, 1);
	CHECK(ai_bridge_status(b, json, sizeof json) == 0);
	set64(door + 64, 2);
}

static void events_are_refused_by_priority_and_told(ai_bridge *b) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_PLAYER_LOGIN, 1, "prontera");
	int taken[4] = {0, 0, 0, 0};
	int p;
	for (p = 0; p < 4; p++) {
		e.priority = (uint8_t)p;
		while (ai_bridge_publish(b, &e) == AI_BRIDGE_TAKEN) {
			taken[p]++;
		}
	}
	CHECK(taken[0] > 600 && taken[1] > 150 && taken[2] > 80 && taken[3] > 80);
	CHECK(get64(header + 512 + 16) == 4);
	CHECK(ai_bridge_quest_complete(b, 1, "a map\twith a tab", 1) == AI_BRIDGE_MALFORMED);
	CHECK(get64(header + 512 + 64 * AI_BRIDGE_QUEST_COMPLETE + 24) == 1);
	set32(header + 92, 5);
	CHECK(ai_bridge_publish(b, &e) == AI_BRIDGE_DISK_LOW);
	set32(header + 92, 1);
	CHECK(ai_bridge_publish(b, &e) == AI_BRIDGE_OFF);
	set32(header + 92, 0);
}

static void a_dead_companion_refuses_nothing(ai_bridge *b) {
	int64_t beat = get64(header + 72);
	set32(header + 92, 5);
	set64(header + 72, 0);
	CHECK(ai_bridge_player_login(b, 1, "prontera") == AI_BRIDGE_DISK_LOW);
	usleep(1100000);
	ai_bridge_tick(b, &handlers, 100000);
	CHECK(get32(header + 92) == 0 && ai_bridge_player_login(b, 1, "prontera") == AI_BRIDGE_TAKEN);
	set64(header + 72, beat);
}

/* The log has each change once a second, and the game goes on. */
static void trouble_is_told(ai_bridge *b) {
	int64_t beat = get64(header + 72);
	usleep(1100000);
	ai_bridge_tick(b, &handlers, 100000);
	CHECK(strstr(last_log, "the ring is full, ") != NULL && strstr(last_log, "refused, and lost") != NULL);
	set32(header + 92, 5);
	usleep(1100000);
	ai_bridge_tick(b, &handlers, 100000);
	CHECK(strstr(last_log, "events are refused, and lost: the journal's disk is full") != NULL);
	set32(header + 92, 0);
	set64(header + 72, 0);
	usleep(1100000);
	ai_bridge_tick(b, &handlers, 100000);
	CHECK(strstr(last_log, "events are taken again") != NULL);
	set64(header + 72, beat);
}

/* Also with -ffast-math, which takes each number for finite. */
static void numbers_that_json_has_not_are_refused(ai_bridge *b) {
	static const char *const texts[] = {"nan", "inf", "-inf", "1.5"};
	int i;
	for (i = 0; i < 4; i++) {
		ai_bridge_field field = ai_bridge_real_field("at", strtod(texts[i], NULL));
		CHECK(ai_bridge_custom(b, "real", 1, NULL, &field, 1)
			== (i < 3 ? AI_BRIDGE_MALFORMED : AI_BRIDGE_TAKEN));
	}
}

static void fields_have_one_name_each(ai_bridge *b) {
	ai_bridge_field fields[AI_BRIDGE_MAX_FIELDS + 1];
	char names[AI_BRIDGE_MAX_FIELDS + 1][24];
	int i;
	for (i = 0; i <= AI_BRIDGE_MAX_FIELDS; i++) {
		snprintf(names[i], sizeof names[i], "field%d", i);
		fields[i] = ai_bridge_integer_field(names[i], i);
	}
	CHECK(ai_bridge_custom(b, "many", 1, NULL, fields, AI_BRIDGE_MAX_FIELDS) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_custom(b, "many", 1, NULL, fields, AI_BRIDGE_MAX_FIELDS + 1) == AI_BRIDGE_TOO_LARGE);
	fields[7].name = "field3";
	CHECK(ai_bridge_custom(b, "many", 1, NULL, fields, 8) == AI_BRIDGE_MALFORMED);
}

/* More actions one after the other than there are slots, while the first ones stay under way. */
static void actions_under_way_stand_in_no_ones_way(ai_bridge *b, int64_t companion) {
	unsigned char record[4096];
	char id[16];
	uint64_t number;
	int size;
	for (number = 1; number <= AI_BRIDGE_MAX_ACTIONS + 3; number++) {
		actions = 0;
		snprintf(id, sizeof id, "a-%d", (int)number);
		write_action(number, companion, id, "spawn_monster");
		CHECK(ai_bridge_tick(b, &handlers, 100000) == 1 && actions == 1);
		if (number > 5) {
			CHECK(ai_bridge_result(b, number, 1, NULL) == AI_BRIDGE_TAKEN);
			CHECK(read_record(calls(), DOOR_RING, record, &size) == 3);
		}
	}
	for (number = 1; number <= 5; number++) {
		CHECK(ai_bridge_result(b, number, 1, NULL) == AI_BRIDGE_TAKEN);
		CHECK(read_record(calls(), DOOR_RING, record, &size) == 3);
	}
	CHECK(ai_bridge_tick(b, &(ai_bridge_handlers){on_answer, NULL, NULL}, 100000) == 0);
	write_action(9, companion, "a-9", "spawn_monster");
	ai_bridge_tick(b, &(ai_bridge_handlers){on_answer, NULL, NULL}, 100000);
	CHECK(read_record(calls(), DOOR_RING, record, &size) == 3 && record[8] == 2);
	CHECK(memcmp(record + 27, "the server applies no actions", 29) == 0);
}

/* A process that was forked off has no lock: it must not write, nor take what is the server's. */
static void a_copy_of_the_process_has_no_bridge(ai_bridge *b, int64_t companion) {
	int64_t tail = get64(header + HEADER + RING + 128);
	int status;
	pid_t child;
	write_action(7, companion, "a-7", "spawn_monster");
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		int i;
		actions = 0;
		for (i = 0; i < 3; i++) {
			ai_bridge_tick(b, &handlers, 100000);
			if (ai_bridge_player_login(b, 1, "prontera") != AI_BRIDGE_OFF || actions != 0) {
				_exit(1);
			}
			usleep(400000);
		}
		ai_bridge_close(b);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(get64(header + HEADER + RING + 128) == tail && get32(header + 28) == 0);
	CHECK(ai_bridge_player_login(b, 1, "prontera") == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_tick(b, &handlers, 100000) == 1 && last_action == 7);
	CHECK(ai_bridge_result(b, 7, 1, NULL) == AI_BRIDGE_TAKEN);
	refused(options(), "already"); /* The copy's close has left the lock alone. */
}

/* Somebody wrote over the ring's positions. */
static void a_ring_that_is_none_is_refused(void) {
	char path[512];
	int64_t tail;
	snprintf(path, sizeof path, "%s/events.ring", folder);
	header = map(path, HEADER + RING + 768);
	set64(header + HEADER + RING + 384, 3);
	refused(options(), "wrote over");
	tail = get64(header + HEADER + RING + 128);
	set64(header + HEADER + RING + 384, tail);
	ai_bridge_close(open_bridge());
}

static int drain(void) {
	unsigned char record[70000];
	int size, count = 0;
	while (read_record(header + HEADER, RING, record, &size) != 0) {
		count++;
	}
	return count;
}

/* ---- many threads, and a process that is killed ---- */

static int go_on;
static uint64_t accepted[4];

static void *publish_numbers(void *argument) {
	ai_bridge *b = (ai_bridge *)argument;
	static int next_thread;
	int thread = __atomic_fetch_add(&next_thread, 1, __ATOMIC_RELAXED);
	uint64_t number = 0;
	while (__atomic_load_n(&go_on, __ATOMIC_RELAXED)) {
		ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MONSTER_KILL, thread, "prontera");
		e.priority = AI_BRIDGE_URGENT;
		e.number1 = number;
		number += ai_bridge_publish(b, &e) == AI_BRIDGE_TAKEN;
	}
	accepted[thread] = number;
	return NULL;
}

static void threads_keep_their_order(ai_bridge *b) {
	unsigned char record[70000];
	pthread_t threads[4];
	uint64_t next[4] = {0};
	uint64_t seen = 0;
	int i, size;
	go_on = 1;
	for (i = 0; i < 4; i++) {
		CHECK(pthread_create(&threads[i], NULL, publish_numbers, b) == 0);
	}
	for (i = 0; i < 4 || read_record(header + HEADER, RING, record, &size) != 0;) {
		if (i < 4 && seen > 1000000) {
			__atomic_store_n(&go_on, 0, __ATOMIC_RELAXED);
			pthread_join(threads[i++], NULL);
		} else if (i == 4 || read_record(header + HEADER, RING, record, &size) != 0) {
			uint32_t thread;
			uint64_t number;
			memcpy(&thread, record + 4, 4);
			memcpy(&number, record + 16, 8);
			CHECK(record[0] == AI_BRIDGE_MONSTER_KILL && thread < 4);
			CHECK(number == next[thread]);
			next[thread]++;
			seen++;
		}
	}
	for (i = 0; i < 4; i++) {
		seen -= accepted[i];
	}
	CHECK(seen == 0);
}

/* Reads an event of kills_lose_nothing, the next of its round. */
static int read_next(uint64_t *next) {
	unsigned char record[70000];
	uint64_t number;
	int size;
	if (read_record(header + HEADER, RING, record, &size) == 0) {
		return 0;
	}
	memcpy(&number, record + 16, 8);
	CHECK(record[0] == AI_BRIDGE_QUEST_COMPLETE && number == *next);
	(*next)++;
	return 1;
}

/* Passes over a claim that a dead process has left; 0 if none is next. */
static int pass_dead_claim(void) {
	int64_t head = get64(header + HEADER + RING + 384);
	unsigned char *at = header + HEADER + head % RING;
	int32_t length = get32(at);
	int64_t gap = length < 0 ? ((-length + 7) & ~7) : 8;
	if (get64(header + HEADER + RING + 128) <= head || head >= get64(header + 48)) {
		return 0;
	}
	memset(at, 0, (size_t)gap);
	set64(header + HEADER + RING + 384, head + gap);
	return 1;
}

/* A server that is killed while it publishes, again and again: what it accepted is in the ring, in
 * order and once. */
static void kills_lose_nothing(void) {
	char path[512];
	int round;
	uint64_t all = 0;
	snprintf(path, sizeof path, "%s/events.ring", folder);
	header = map(path, HEADER + RING + 768);
	for (round = 0; round < KILLS; round++) {
		uint64_t found = 0;
		int status;
		struct timespec now, end;
		volatile uint64_t *accepted = (volatile uint64_t *)mmap(
			NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		pid_t child = fork();
		CHECK(child >= 0);
		if (child == 0) {
			ai_bridge *b = open_bridge();
			uint64_t number;
			for (number = 0;; number++) {
				ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_QUEST_COMPLETE, round, "prontera");
				e.number1 = number;
				while (ai_bridge_publish(b, &e) != AI_BRIDGE_TAKEN) {
				}
				*accepted = number + 1;
			}
		}
		while (*accepted == 0) {
			read_next(&found);
		}
		clock_gettime(CLOCK_MONOTONIC, &end);
		end.tv_nsec += 3000000 + 37913 * (round % 97);
		do {
			read_next(&found);
			clock_gettime(CLOCK_MONOTONIC, &now);
		} while ((now.tv_sec - end.tv_sec) * 1000000000 + now.tv_nsec - end.tv_nsec < 0);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		ai_bridge_close(open_bridge()); /* The next life says which claims are dead. */
		while (read_next(&found) || pass_dead_claim()) {
		}
		CHECK(found == *accepted || found == *accepted + 1);
		all += found;
		munmap((void *)(uintptr_t)accepted, 4096);
	}
	printf("%d kills, %llu events\n", KILLS, (unsigned long long)all);
}

int main(int argc, char **argv) {
	ai_bridge *b;
	char path[300], other[300];
	CHECK(argc == 2);
	snprintf(folder, sizeof folder, "%s", argv[1]);
	CHECK(chmod(folder, 0700) == 0);
	bad_options_get_a_sentence();
	a_bridge_that_is_none_does_nothing();
	b = open_bridge();
	refused(options(), "already");
	attach(1000);
	CHECK(ai_bridge_companion_alive(b));
	requests_are_answered_once(b);
	actions_are_applied_once(b, 1000);
	an_action_of_a_dead_companion_is_not_begun(b, 1000);
	an_action_that_is_given_up_has_no_end(b, 1001);
	a_claim_under_way_is_waited_for(b);
	the_status_is_copied_whole(b);
	events_are_refused_by_priority_and_told(b);
	trouble_is_told(b);
	CHECK(drain() > 1000);
	numbers_that_json_has_not_are_refused(b);
	fields_have_one_name_each(b);
	a_dead_companion_refuses_nothing(b);
	CHECK(drain() == 3);
	threads_keep_their_order(b);
	actions_under_way_stand_in_no_ones_way(b, 1001);
	a_copy_of_the_process_has_no_bridge(b, 1001);
	CHECK(drain() == 1);
	garbage_in_the_door_hurts_nobody(b, 1001);
	CHECK(ai_bridge_player_login(b, 7, "payon") == AI_BRIDGE_TAKEN);
	ai_bridge_close(b);
	b = open_bridge(); /* takes the ring over */
	CHECK(get64(header + 512 + 16) == 0); /* The last life's refusals. */
	attach(1002);
	CHECK(drain() == 1);
	ai_bridge_close(b);
	a_ring_that_is_none_is_refused();
	kills_lose_nothing();
	snprintf(path, sizeof path, "%s/events.ring", folder);
	header[8] = 3;
	refused(options(), "version 2 (it says 3)");
	header[8] = 1;
	refused(options(), "version 2 (it says 1): let its own version empty it, or take it away");
	header[8] = 2;
	snprintf(other, sizeof other, "%s/other", folder);
	CHECK(link(path, other) == 0);
	refused(options(), "events.ring is not this user's alone; take it away");
	CHECK(unlink(other) == 0);
	CHECK(truncate(path, 8192) == 0);
	refused(options(), "was cut");
	printf("all is as it should be\n");
	return 0;
}
