/*
 * How long single publishes take while a companion runs, beside a loop that calls nothing, in slices that
 * take turns: `stalls DIR PUBLISHES`. DIR is where the companion waits. Prints one line a figure, and one
 * without the first calls after each pause, whose code and data other programs have taken from the caches.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "ai_bridge.h"
#include "check.h"

enum { BURST = 2000, COLD = 8, BURSTS_A_SLICE = 25, SLICE = BURST * BURSTS_A_SLICE, STALL_NS = 1000000 };

typedef struct {
	const char *name;
	uint32_t *ns; /* of each single call */
	uint32_t *warm; /* but the first COLD of a burst */
	long count;
	long warm_count;
	long stalls;
	long voluntary; /* switches within bursts */
	long involuntary;
} way;

static ai_bridge *b;
static long refused;

static void pause_for(long ns) {
	const struct timespec pause = {0, ns};
	nanosleep(&pause, NULL);
}

/* Returns 0 if the ring was full. */
static int burst(way *w, int publishes) {
	struct rusage before, after;
	int i, taken = 1;
	getrusage(RUSAGE_THREAD, &before);
	for (i = 0; i < BURST && taken; i++) {
		const int64_t begin = nanos();
		int64_t ns;
		if (publishes) {
			taken = ai_bridge_monster_kill(b, 150000 + (uint32_t)i, "prt_fild08", 1002) == AI_BRIDGE_TAKEN;
		}
		ns = nanos() - begin;
		w->ns[w->count] = ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
		w->count += taken;
		if (i >= COLD) {
			w->warm[w->warm_count] = w->ns[w->count - taken];
			w->warm_count += taken;
		}
		w->stalls += ns > STALL_NS;
	}
	getrusage(RUSAGE_THREAD, &after);
	w->voluntary += after.ru_nvcsw - before.ru_nvcsw;
	w->involuntary += after.ru_nivcsw - before.ru_nivcsw;
	return taken;
}

static void slice(way *w, int publishes) {
	const ai_bridge_handlers none = {NULL, NULL, NULL};
	const long end = w->count + SLICE;
	while (w->count < end) {
		if (!burst(w, publishes)) {
			refused++;
			pause_for(100000000);
		}
		ai_bridge_tick(b, &none, 1000);
		pause_for(1000000);
	}
}

static int compare(const void *one, const void *other) {
	const uint32_t x = *(const uint32_t *)one, y = *(const uint32_t *)other;
	return (x > y) - (x < y);
}

static void print(const char *name, uint32_t *ns, long count) {
	const double shares[] = {0.5, 0.99, 0.999, 0.9999, 1};
	const char *const names[] = {"p50", "p99", "p99.9", "p99.99", "longest"};
	int i;
	qsort(ns, (size_t)count, sizeof ns[0], compare);
	printf("%s: %ld calls", name, count);
	for (i = 0; i < 5; i++) {
		printf(", %s %u", names[i], ns[(long)((double)(count - 1) * shares[i])]);
	}
	printf(" ns\n");
}

int main(int argc, char **argv) {
	way ways[2] = {{"nothing", NULL, NULL, 0, 0, 0, 0, 0}, {"publish", NULL, NULL, 0, 0, 0, 0, 0}};
	char why[256];
	ai_bridge_options o = {sizeof o, "stalls", NULL, NULL, 0, 0, NULL, NULL, NULL};
	const ai_bridge_handlers none = {NULL, NULL, NULL};
	long publishes, pair;
	int i;
	CHECK(argc == 3);
	o.folder = argv[1];
	publishes = atol(argv[2]);
	for (i = 0; i < 2; i++) {
		const size_t size = sizeof(uint32_t) * (size_t)(publishes + 2 * SLICE + BURST);
		ways[i].ns = (uint32_t *)malloc(size);
		ways[i].warm = (uint32_t *)malloc(size);
		CHECK(ways[i].ns != NULL && ways[i].warm != NULL);
		memset(ways[i].ns, 1, size);
		memset(ways[i].warm, 1, size);
	}
	b = ai_bridge_open(&o, why, sizeof why);
	if (b == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while (!ai_bridge_companion_alive(b)) {
		ai_bridge_tick(b, &none, 1000);
		pause_for(10000000);
	}
	for (pair = 0; ways[1].count < publishes; pair++) {
		slice(&ways[pair & 1], pair & 1);
		slice(&ways[~pair & 1], ~pair & 1);
	}
	CHECK(ai_bridge_companion_alive(b));
	for (i = 0; i < 2; i++) {
		way *w = &ways[i];
		print(w->name, w->ns, w->count);
		print("  but for the first of a burst", w->warm, w->warm_count);
		printf("  over 1 ms %ld, voluntary switches %ld, involuntary %ld\n", w->stalls, w->voluntary, w->involuntary);
	}
	printf("ring full: %ld\n", refused);
	ai_bridge_close(b);
	return 0;
}
