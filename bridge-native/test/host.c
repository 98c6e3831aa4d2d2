/*
 * A server that is killed: publishes numbered events, asks for its scripts, applies actions, and keeps what it
 * did in a file that outlives it. `host DIR PAGE EVENTS A_SECOND`. Ends in order after SIGTERM.
 *
 * The page: next number 8, errors 8, asked 8, answered 8, timed out 8, lives 8; at 4,096 a byte for each
 * event (1 begun, 2 accepted), behind them a byte for each action: how often it was applied.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ai_bridge.h"
#include "check.h"

enum { PAGE = 4096, ACTIONS = 65536, SCRIPTS = 64, TIMEOUT_MS = 2000, LATE_MS = 10000 };

typedef struct {
	uint64_t number; /* 0: free */
	uint64_t token;
	int64_t asked_ms;
} script;

static volatile sig_atomic_t stopped;
static uint64_t *sums;
static unsigned char *applied;
static ai_bridge *bridge;
static script scripts[SCRIPTS];

static int64_t now_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wrong(const char *what) {
	fprintf(stderr, "wrong: %s\n", what);
	sums[1]++;
}

static void on_stop(int signal) {
	(void)signal;
	stopped = 1;
}

static void on_answer(void *context, uint64_t number, int status, const char *body, size_t size) {
	script *s = NULL;
	char token[32];
	int i;
	(void)context;
	for (i = 0; i < SCRIPTS; i++) {
		s = scripts[i].number == number ? &scripts[i] : s;
	}
	if (s == NULL) {
		wrong("an answer that no script waits for");
		return;
	}
	snprintf(token, sizeof token, "%llu", (unsigned long long)s->token);
	if (status == 200 && (strlen(token) != size || strcmp(token, body) != 0)) {
		wrong("another script's answer");
	}
	if (now_ms() - s->asked_ms > LATE_MS) {
		wrong("an answer, or none, long after the time-out");
	}
	sums[status == 200 ? 3 : 4]++;
	s->number = 0;
}

static void on_action(void *context, const ai_bridge_action *action) {
	int64_t number = ai_bridge_number(action, "k", -1);
	(void)context;
	if (number < 0 || number >= ACTIONS) {
		wrong("an action without its number");
	} else if (__atomic_add_fetch(&applied[number], 1, __ATOMIC_SEQ_CST) != 1) {
		wrong("an action was applied twice");
	}
	ai_bridge_result(bridge, action->number, 1, "done");
}

static void on_log(void *context, int level, const char *sentence) {
	(void)context;
	if (level == AI_BRIDGE_ERROR) {
		fprintf(stderr, "%s\n", sentence);
	}
}

static void ask(void) {
	char url[64];
	int i;
	for (i = 0; i < SCRIPTS && scripts[i].number != 0; i++) {
	}
	if (i == SCRIPTS) {
		return;
	}
	scripts[i].token = sums[5] * 1000000 + sums[2];
	snprintf(url, sizeof url, "/echo?%llu", (unsigned long long)scripts[i].token);
	scripts[i].asked_ms = now_ms();
	scripts[i].number = ai_bridge_http_get(bridge, NULL, url, TIMEOUT_MS);
	sums[2] += scripts[i].number != 0;
}

int main(int argc, char **argv) {
	const ai_bridge_handlers handlers = {on_answer, on_action, NULL};
	const struct timespec pause = {0, 1000000};
	ai_bridge_options o = {sizeof o, "killed", NULL, "windows-874", 1 << 22, 256, NULL, on_log, NULL};
	char why[256];
	unsigned char *page;
	uint64_t events;
	double owed = 0, a_tick;
	int64_t last;
	int file, tick;
	CHECK(argc == 5);
	events = strtoull(argv[3], NULL, 10);
	a_tick = atof(argv[4]) / 1000;
	file = open(argv[2], O_RDWR);
	CHECK(file >= 0);
	page = (unsigned char *)mmap(
		NULL, PAGE + events + ACTIONS, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	CHECK(page != MAP_FAILED);
	sums = (uint64_t *)(void *)page;
	applied = page + PAGE + events;
	signal(SIGTERM, on_stop);
	o.folder = argv[1];
	bridge = ai_bridge_open(&o, why, sizeof why);
	if (bridge == NULL) {
		fprintf(stderr, "%s\n", why);
		sums[1]++;
		return 1;
	}
	sums[5]++;
	if (sums[0] < events && page[PAGE + sums[0]] != 0) {
		sums[0]++; /* Accepted or not: the last life ended within it. */
	}
	last = now_ms();
	for (tick = 0; !stopped; tick++) {
		const int64_t now = now_ms();
		owed += a_tick * (double)(now - last);
		last = now;
		while (owed >= 1 && sums[0] < events) {
			const uint64_t number = sums[0];
			ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MONSTER_KILL, (int64_t)(number % 97), "prontera");
			if (number % 5 == 0) {
				e.type = AI_BRIDGE_ITEM_DROP;
				e.text1 = "\xb4\xd2\xba";
				e.number2 = number;
			}
			e.priority = AI_BRIDGE_NORMAL;
			e.number1 = e.text1 == NULL ? number : 0;
			page[PAGE + number] = 1;
			if (ai_bridge_publish(bridge, &e) != AI_BRIDGE_TAKEN) {
				page[PAGE + number] = 0;
				owed = 0;
				break;
			}
			__atomic_store_n(&page[PAGE + number], 2, __ATOMIC_RELEASE);
			sums[0] = number + 1;
			owed--;
		}
		if (tick % 25 == 0) {
			ask();
		}
		ai_bridge_tick(bridge, &handlers, 1000);
		nanosleep(&pause, NULL);
	}
	ai_bridge_close(bridge);
	return 0;
}
