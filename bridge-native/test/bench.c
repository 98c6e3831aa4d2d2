/*
 * What a publish costs beside a bare claim, copy and commit, the way of older bridges (JSON, a mutex,
 * a queue), and nothing; in short turns. `bench DIR`. The ring is emptied between the turns, unmeasured.
 * With -DBENCH_JNI and a JVM to link with also a call of Integer.sum in a JVM of this process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifdef BENCH_JNI
#include <jni.h>
#endif

#include "ai_bridge.h"
#include "check.h"

enum { HEADER = 4096, RING = 1 << 24, TURNS = 3001, A_TURN = 1000 };

static unsigned char *header;
static ai_bridge *b;
static uint64_t now_ms;

/* ---- the ways ---- */

static void with_time(uint64_t i) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MONSTER_KILL, 150000 + (int64_t)(i & 511), "prt_fild08");
	e.time_ms = now_ms;
	e.number1 = 1002;
	CHECK(ai_bridge_publish(b, &e) == AI_BRIDGE_TAKEN);
}

static void with_clock(uint64_t i) {
	CHECK(ai_bridge_monster_kill(b, 150000 + (uint32_t)(i & 511), "prt_fild08", 1002) == AI_BRIDGE_TAKEN);
}

/* The least that a ring of this kind can do with 50 bytes. */
static void bare(uint64_t i) {
	unsigned char record[56] = {0};
	unsigned char *ring = header + HEADER;
	int64_t *tail = (int64_t *)(void *)(ring + RING + 128);
	int64_t at = __atomic_load_n(tail, __ATOMIC_ACQUIRE);
	unsigned char *to;
	do {
		if (at - __atomic_load_n((int64_t *)(void *)(ring + RING + 384), __ATOMIC_ACQUIRE) + 64 > RING) {
			abort();
		}
	} while (!__atomic_compare_exchange_n(tail, &at, at + 64, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	to = ring + (at & (RING - 1));
	__atomic_store_n((int32_t *)(void *)to, -58, __ATOMIC_RELEASE);
	memcpy(record + 4, &i, 4);
	memcpy(to + 8, record, 50);
	memcpy(to + 4, &(int32_t){1}, 4);
	__atomic_store_n((int32_t *)(void *)to, 58, __ATOMIC_RELEASE);
}

/* JSON, a mutex, a queue of heap blocks. */
typedef struct node {
	struct node *next;
	char text[];
} node;
static node *queue_head;
static node **queue_tail = &queue_head;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void older(uint64_t i) {
	char json[256];
	int length = snprintf(json, sizeof json,
		"{\"event_type\":\"monster_kill\",\"timestamp\":%llu,\"player_id\":%llu,\"map\":\"%s\","
		"\"payload\":{\"monster_id\":%d}}",
		(unsigned long long)now_ms, (unsigned long long)(150000 + (i & 511)), "prt_fild08", 1002);
	node *n = (node *)malloc(sizeof *n + (size_t)length + 1);
	CHECK(n != NULL);
	memcpy(n->text, json, (size_t)length + 1);
	n->next = NULL;
	pthread_mutex_lock(&mutex);
	*queue_tail = n;
	queue_tail = &n->next;
	pthread_mutex_unlock(&mutex);
}

static volatile uint64_t sink;

static void nothing(uint64_t i) {
	sink = i;
}

#ifdef BENCH_JNI
static JNIEnv *java;
static jclass integer;
static jmethodID sum;

static void start_java(void) {
	JavaVM *machine;
	JavaVMInitArgs arguments = {JNI_VERSION_1_8, 0, NULL, JNI_FALSE};
	CHECK(JNI_CreateJavaVM(&machine, (void **)&java, &arguments) == JNI_OK);
	integer = (*java)->FindClass(java, "java/lang/Integer");
	sum = (*java)->GetStaticMethodID(java, integer, "sum", "(II)I");
	CHECK(integer != NULL && sum != NULL);
}

static void jni(uint64_t i) {
	sink = (uint64_t)(*java)->CallStaticIntMethod(java, integer, sum, (jint)i, 1);
}
#endif

static const struct {
	const char *name;
	void (*call)(uint64_t);
} WAY[] = {{"nothing", nothing}, {"bare claim, copy, commit", bare}, {"publish, time given", with_time},
	{"publish, with the clock", with_clock}, {"JSON, mutex, queue", older},
#ifdef BENCH_JNI
	{"a call into a JVM", jni},
#endif
};

enum { WAYS = sizeof WAY / sizeof WAY[0] };

/* As the companion does: zeros over what was read, then the head after it. The next turn goes on where this one
 * ended, in memory that no cache of a core holds any more. */
static void empty(void) {
	unsigned char *ring = header + HEADER;
	int64_t *head = (int64_t *)(void *)(ring + RING + 384);
	const int64_t tail = __atomic_load_n((int64_t *)(void *)(ring + RING + 128), __ATOMIC_ACQUIRE);
	for (; *head < tail; *head += 8) {
		memset(ring + (*head & (RING - 1)), 0, 8);
	}
	while (queue_head != NULL) {
		node *n = queue_head;
		queue_head = n->next;
		free(n);
	}
	queue_tail = &queue_head;
}

static int compare(const void *one, const void *other) {
	const double x = *(const double *)one, y = *(const double *)other;
	return (x > y) - (x < y);
}

int main(int argc, char **argv) {
	static double ns[WAYS][TURNS];
	char why[256], path[512];
	ai_bridge_options o = {sizeof o, "bench", NULL, NULL, RING, 0, NULL, NULL, NULL};
	int file, turn, way;
	CHECK(argc == 2);
	o.folder = argv[1];
	b = ai_bridge_open(&o, why, sizeof why);
	if (b == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	snprintf(path, sizeof path, "%s/events.ring", argv[1]);
	file = open(path, O_RDWR);
	CHECK(file >= 0);
	header = (unsigned char *)mmap(
		NULL, HEADER + RING + 768, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
	CHECK(header != MAP_FAILED);
#ifdef BENCH_JNI
	start_java();
#endif
	for (turn = 0; turn < TURNS; turn++) {
		for (way = 0; way < WAYS; way++) {
			uint64_t i;
			int64_t begin;
			now_ms = (uint64_t)nanos() / 1000000;
			empty();
			begin = nanos();
			for (i = 0; i < A_TURN; i++) {
				WAY[way].call(i);
			}
			ns[way][turn] = (double)(nanos() - begin) / A_TURN;
		}
	}
	for (way = 0; way < WAYS; way++) {
		qsort(ns[way], TURNS, sizeof ns[way][0], compare);
	}
	for (way = 0; way < WAYS; way++) {
		printf("%-26s median %6.1f ns  best %6.1f  %.2f of a bare one\n", WAY[way].name, ns[way][TURNS / 2], ns[way][0],
			ns[way][TURNS / 2] / ns[1][TURNS / 2]);
	}
	ai_bridge_close(b);
	return 0;
}
