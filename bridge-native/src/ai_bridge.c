/*
 * The library's side of the rings; ai_bridge.h says what it promises, docs/ring.md describes each
 * byte. This file is C11 and C++17, so that a server can compile it as either.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "ai_bridge.h"

#include <limits.h>

#if !defined(__linux__) || !defined(__GLIBC__)
#error "ai_bridge runs on Linux with glibc only"
#elif !defined(__LP64__)
#error "ai_bridge runs on 64-bit machines only"
#elif !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "ai_bridge runs on little-endian machines only"
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The layout: docs/ring.md. */
enum {
	VERSION = 2,
	HEADER = 4096,
	TRAILER = 768,
	TAIL_AT = 128,
	HEAD_CACHE_AT = 256,
	HEAD_AT = 384,

	MAGIC_AT = 0,
	VERSION_AT = 8,
	CAPACITY_AT = 12,
	GENERATION_AT = 16,
	WRITER_PID_AT = 24,
	FLAGS_AT = 28,
	INCARNATION_AT = 32,
	WRITER_BEAT_AT = 40,
	DEAD_BEFORE_AT = 48,
	COMPANION_AT = 64,
	COMPANION_BEAT_AT = 72,
	TURNS_DEAD_BEFORE_AT = 80,
	COMPANION_PID_AT = 88,
	REFUSED_NOW_AT = 92,
	CHARSET_AT = 128,
	CHARSET_SIZE = 32,
	SERVER_ID_AT = 160,
	SERVER_ID_SIZE = 72,
	REFUSED_AT = 512,
	REFUSED_TYPES = 32,
	REFUSED_REASONS = 8,

	DOOR_CALLS_AT = 12,
	DOOR_INCARNATION_AT = 16,
	DOOR_TURNS_AT = 24,
	DOOR_STATUS_SEQUENCE_AT = 64,
	DOOR_STATUS_LENGTH_AT = 72,
	STATUS_SIZE = 65536,
	DOOR_RINGS = HEADER + STATUS_SIZE,

	FLAG_CLOSED = 1,

	RECORD_EVENT = 1,
	RECORD_RAW_EVENT = 2,
	CALL_REQUEST = 1,
	CALL_FORGET = 2,
	CALL_RESULT = 3,
	CALL_RELOAD = 4,
	TURN_ACTION = 1,
	TURN_ANSWER = 2,
	TURN_LOG = 3,
	TURN_GIVEN_UP = 4,
	PADDING = -1,

	EVENT_HEADER = 40,
	HAS_PLAYER = 1,
	HAS_KEY = 2,
	HAS_PLACE = 4,
	HAS_HEIGHT = 8,
	NAMED = 16,

	END_FAILED = 0,
	END_DONE = 1,
	END_NOT_BEGUN = 2
};

static const char EVENTS_MAGIC[8] = {'A', 'A', 'I', 'B', 'R', 'I', 'N', 'G'};
static const char DOOR_MAGIC[8] = {'A', 'A', 'I', 'B', 'D', 'O', 'O', 'R'};

#define MIN_RING (64u << 10)
#define DEFAULT_RING (64u << 20)
#define DOOR_RING (4u << 20)
#define MAX_RECORD (DOOR_RING / 8)
#define MAX_ID 512
#define MAX_NUMBER ((UINT64_C(1) << 53) - 1)
#define DEFAULT_TIMEOUT_MS 30000
#define COMPANION_DEAD_MS 5000
#define LOOK_EVERY_MS 1000
#define TELL_FULL_EVERY_MS 10000
#define MAX_RECORDS_A_TICK 256
#define MAX_SLOTS_A_TICK 256
#define STATUS_TRIES 64
#define LOCK_TRIES 100
#define LOCK_PAUSE_NS 10000000L

typedef struct {
	unsigned char *at;
	uint32_t capacity;
} ring;

typedef struct {
	uint64_t number; /* 0: free */
	int64_t deadline_ms;
} request_slot;

typedef struct {
	uint32_t id_length;
	char id[MAX_ID];
} action_slot;

struct ai_bridge {
	unsigned char *header; /* of events.ring */
	unsigned char *door;
	size_t events_size;
	size_t door_size;
	ring events;
	ring calls;
	ring turns;
	uint32_t usable[4]; /* bytes of the ring that may be in use, by priority */

	request_slot *requests;
	uint32_t *free_requests;
	uint32_t request_count;
	uint32_t free_count;
	uint32_t scan;
	uint64_t serial;

	action_slot *actions;
	uint64_t action_numbers[AI_BRIDGE_MAX_ACTIONS]; /* 0: free */

	unsigned char *scratch; /* the record whose handler runs */
	int in_tick;

	int64_t looked_ms;
	int64_t told_full_ms;
	int64_t told_full;
	int32_t was_companion; /* The pid of the one that was told; 0 for none. */
	int is_copy; /* of a process that was forked off the server */
	uint32_t was_refused;

	void (*log)(void *, int, const char *);
	void *log_context;
	int lock_file;
	dev_t device;
	ino_t inode;
	pid_t companion;
	ai_bridge *next;
};

/* The bridges of this process. A lock of POSIX does not keep a process from opening one twice. */
static ai_bridge *all_bridges;
static char all_bridges_taken;
static int forks_watched;

/* ---- small things ---- */

static int64_t load64(const unsigned char *at) {
	return __atomic_load_n((const int64_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static void store64(unsigned char *at, int64_t value) {
	__atomic_store_n((int64_t *)(void *)at, value, __ATOMIC_RELEASE);
}

static int32_t load32(const unsigned char *at) {
	return __atomic_load_n((const int32_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static void store32(unsigned char *at, int32_t value) {
	__atomic_store_n((int32_t *)(void *)at, value, __ATOMIC_RELEASE);
}

/* No later store is seen before an earlier one. */
static void fence_stores(void) {
#ifdef __SANITIZE_THREAD__
	__atomic_signal_fence(__ATOMIC_SEQ_CST); /* The sanitizer knows no fences, and needs none. */
#else
	__atomic_thread_fence(__ATOMIC_RELEASE);
#endif
}

static void count(unsigned char *at) {
	__atomic_fetch_add((int64_t *)(void *)at, 1, __ATOMIC_RELAXED);
}

static unsigned char *put(unsigned char *at, const void *bytes, size_t size) {
	if (size > 0) {
		memcpy(at, bytes, size);
	}
	return at + size;
}

static unsigned char *put8(unsigned char *at, unsigned value) {
	*at = (unsigned char)value;
	return at + 1;
}

static unsigned char *put32(unsigned char *at, uint32_t value) {
	return put(at, &value, sizeof value);
}

static unsigned char *put64(unsigned char *at, uint64_t value) {
	return put(at, &value, sizeof value);
}

static uint32_t get32(const unsigned char *at) {
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return value;
}

static uint64_t get64(const unsigned char *at) {
	uint64_t value;
	memcpy(&value, at, sizeof value);
	return value;
}

static uint32_t aligned(uint32_t length) {
	return (length + 7u) & ~7u;
}

static int64_t time_of(clockid_t clock, int64_t parts) {
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * parts + now.tv_nsec / (INT64_C(1000000000) / parts);
}

static int64_t monotonic_ms(void) {
	return time_of(CLOCK_MONOTONIC_COARSE, 1000);
}

static int64_t monotonic_us(void) {
	return time_of(CLOCK_MONOTONIC, 1000000);
}

static void tell(const ai_bridge *b, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(const ai_bridge *b, int level, const char *format, ...) {
	char sentence[512];
	va_list arguments;
	if (b->log == NULL) {
		return;
	}
	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	b->log(b->log_context, level, sentence);
}

/* ---- a ring for many writers and one reader, as Agrona's ---- */

static unsigned char *field_of(const ring *r, uint32_t at) {
	return r->at + r->capacity + at;
}

/* Claims a record of length bytes while at most limit bytes are in use; null if there is no room. */
static inline __attribute__((always_inline)) unsigned char *claim(
	const ring *r, uint32_t length, uint32_t limit) {
	unsigned char *const records = r->at;
	const uint32_t capacity = r->capacity;
	unsigned char *const trailer = records + capacity;
	const uint32_t required = aligned(length + 8);
	const uint32_t mask = capacity - 1;
	int64_t head = load64(trailer + HEAD_CACHE_AT);
	int64_t tail;
	uint32_t padding;
	uint32_t index;
	do {
		tail = load64(trailer + TAIL_AT);
		if (tail - head + required > limit) {
			head = load64(trailer + HEAD_AT);
			if (tail - head + required > limit) {
				return NULL;
			}
			store64(trailer + HEAD_CACHE_AT, head);
		}
		padding = 0;
		index = (uint32_t)tail & mask;
		if (required > capacity - index) {
			if (required > ((uint32_t)head & mask)) {
				head = load64(trailer + HEAD_AT);
				if (required > ((uint32_t)head & mask)) {
					return NULL;
				}
				store64(trailer + HEAD_CACHE_AT, head);
			}
			padding = capacity - index;
		}
	} while (!__atomic_compare_exchange_n((int64_t *)(void *)(trailer + TAIL_AT), &tail,
		tail + required + padding, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	if (padding != 0) {
		store32(records + index, -(int32_t)padding);
		fence_stores();
		__atomic_store_n((int32_t *)(void *)(records + index + 4), PADDING, __ATOMIC_RELAXED);
		store32(records + index, (int32_t)padding);
		index = 0;
	}
	store32(records + index, -(int32_t)(length + 8));
	fence_stores();
	return records + index;
}

static unsigned char *begin(unsigned char *record, int32_t type) {
	__atomic_store_n((int32_t *)(void *)(record + 4), type, __ATOMIC_RELAXED);
	return record + 8;
}

static void commit(unsigned char *record, uint32_t length) {
	store32(record, (int32_t)(length + 8));
}

/* Frees the record of length bytes at the head: zeros first, so that no claim sees old bytes. */
static void release(const ring *r, int64_t head, uint32_t length) {
	memset(r->at + ((uint32_t)head & (r->capacity - 1)), 0, length);
	store64(field_of(r, HEAD_AT), head + length);
}

/* ---- events ---- */

/* Returns the length of text, at most limit; limit + 1 if it is longer. */
static uint32_t length_of(const char *text, uint32_t limit) {
	const size_t length = text == NULL ? 0 : strlen(text);
	return length > limit ? limit + 1 : (uint32_t)length;
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Has the highest bit of a byte set if one of the word is a control character. */
static inline uint64_t controls_in(uint64_t word) {
	const uint64_t del = word ^ EACH_BYTE(0x7F);
	return ((word - EACH_BYTE(0x20)) & ~word) | ((del - EACH_BYTE(1)) & ~del);
}

/* The first 8 bytes of a text, and in a shorter one some twice, and spaces. */
static inline uint64_t first_word(const char *text, size_t length) {
	const unsigned char *bytes = (const unsigned char *)text;
	if (length >= 8) {
		return get64(bytes);
	}
	if (length >= 4) {
		return get32(bytes) | (uint64_t)get32(bytes + length - 4) << 32;
	}
	return length == 0 ? EACH_BYTE(' ')
					   : (EACH_BYTE(' ') << 24) | bytes[0] | (uint64_t)bytes[length / 2] << 8
			| (uint64_t)bytes[length - 1] << 16;
}

/* Measures a text of at most 64 bytes and adds the bits of its bytes to bits; 65 if it is longer or
 * has a control character. By words, of which the last one overlaps the one before. */
static inline __attribute__((always_inline)) uint32_t measure_text(const char *text, uint64_t *bits) {
	const size_t length = strnlen(text, AI_BRIDGE_MAX_NAME + 1);
	uint64_t word, controls;
	size_t i;
	if (length > AI_BRIDGE_MAX_NAME) {
		return AI_BRIDGE_MAX_NAME + 1;
	}
	word = first_word(text, length);
	controls = controls_in(word);
	*bits |= word;
	if (length > 8) {
		word = get64((const unsigned char *)text + length - 8);
		controls |= controls_in(word);
		*bits |= word;
		for (i = 8; i + 8 < length; i += 8) {
			word = get64((const unsigned char *)text + i);
			controls |= controls_in(word);
			*bits |= word;
		}
	}
	return (controls & EACH_BYTE(0x80)) != 0 ? AI_BRIDGE_MAX_NAME + 1 : (uint32_t)length;
}

static inline uint32_t measure(const char *text, uint64_t *bits) {
	return text == NULL ? 0 : measure_text(text, bits);
}

/* Copies a text as measure_text has read it: for so few bytes a call of memcpy costs more. */
static inline unsigned char *put_text(unsigned char *at, const char *text, uint32_t length) {
	uint32_t i;
	if (length >= 8) {
		memcpy(at, text, 8);
		memcpy(at + length - 8, text + length - 8, 8);
		for (i = 8; i + 8 < length; i += 8) {
			memcpy(at + i, text + i, 8);
		}
	} else if (length >= 4) {
		memcpy(at, text, 4);
		memcpy(at + length - 4, text + length - 4, 4);
	} else if (length > 0) {
		at[0] = (unsigned char)text[0];
		at[length / 2] = (unsigned char)text[length / 2];
		at[length - 1] = (unsigned char)text[length - 1];
	}
	return at + length;
}

static int is_name(const char *text, uint32_t length, int custom) {
	uint32_t i;
	for (i = 0; i < length; i++) {
		char c = text[i];
		int small = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
		if (!small && (custom || !(c >= 'A' && c <= 'Z'))) {
			return 0;
		}
	}
	return length > 0 && length <= AI_BRIDGE_MAX_NAME;
}

/* True if an earlier field has the name of this one, which JSON does not allow. */
static int is_named_before(const ai_bridge_event *e, int at, uint32_t length) {
	const char *name = e->fields[at].name;
	int i;
	for (i = 0; i < at; i++) {
		if (e->fields[i].name[0] == name[0] && strncmp(e->fields[i].name, name, length + 1) == 0) {
			return 1;
		}
	}
	return 0;
}

/* By its bits: -ffast-math, with which some servers are compiled, takes isfinite for always true. */
static int is_finite(double value) {
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return (bits >> 52 & 0x7FF) != 0x7FF;
}

/* Returns the bytes that the fields take, or -1 - why. */
static int64_t measure_fields(const ai_bridge_event *e) {
	int64_t size = 0;
	int i;
	if (e->field_count < 0 || (e->field_count > 0 && e->fields == NULL)) {
		return -1 - AI_BRIDGE_MALFORMED;
	}
	if (e->field_count > AI_BRIDGE_MAX_FIELDS) {
		return -1 - AI_BRIDGE_TOO_LARGE;
	}
	for (i = 0; i < e->field_count; i++) {
		const ai_bridge_field *f = &e->fields[i];
		uint32_t name = length_of(f->name, AI_BRIDGE_MAX_NAME);
		if (!is_name(f->name, name, 0) || is_named_before(e, i, name)) {
			return -1 - AI_BRIDGE_MALFORMED;
		}
		size += 2 + name;
		switch (f->kind) {
		case AI_BRIDGE_INTEGER:
			size += 8;
			break;
		case AI_BRIDGE_REAL:
			if (!is_finite(f->real)) {
				return -1 - AI_BRIDGE_MALFORMED;
			}
			size += 8;
			break;
		case AI_BRIDGE_TEXT:
			size += 4 + length_of(f->text, AI_BRIDGE_MAX_EVENT);
			break;
		case AI_BRIDGE_BOOLEAN:
			size += 1;
			break;
		default:
			return -1 - AI_BRIDGE_MALFORMED;
		}
		if (size > AI_BRIDGE_MAX_EVENT) {
			return -1 - AI_BRIDGE_TOO_LARGE;
		}
	}
	return size;
}

static unsigned char *put_fields(unsigned char *at, const ai_bridge_event *e) {
	int i;
	for (i = 0; i < e->field_count; i++) {
		const ai_bridge_field *f = &e->fields[i];
		uint32_t name = length_of(f->name, AI_BRIDGE_MAX_NAME);
		at = put8(at, name);
		at = put(at, f->name, name);
		at = put8(at, f->kind);
		switch (f->kind) {
		case AI_BRIDGE_INTEGER:
			at = put64(at, (uint64_t)f->integer);
			break;
		case AI_BRIDGE_REAL:
			at = put(at, &f->real, sizeof f->real);
			break;
		case AI_BRIDGE_TEXT: {
			uint32_t text = length_of(f->text, AI_BRIDGE_MAX_EVENT);
			at = put32(at, text);
			at = put(at, f->text, text);
			break;
		}
		default:
			at = put8(at, f->integer != 0);
			break;
		}
	}
	return at;
}

static int takes_name(int type) {
	return type == AI_BRIDGE_NPC_INTERACTION || type == AI_BRIDGE_MONSTER_KILL
		|| type == AI_BRIDGE_MVP_KILL || type == AI_BRIDGE_ITEM_DROP
		|| type == AI_BRIDGE_QUEST_COMPLETE || type == AI_BRIDGE_TRADE_COMPLETE;
}

static const unsigned char PRIORITY_OF[] = {AI_BRIDGE_NORMAL, AI_BRIDGE_NORMAL, AI_BRIDGE_NORMAL,
	AI_BRIDGE_NORMAL, AI_BRIDGE_HIGH, AI_BRIDGE_URGENT, AI_BRIDGE_LOW, AI_BRIDGE_LOW,
	AI_BRIDGE_HIGH, AI_BRIDGE_NORMAL, AI_BRIDGE_NORMAL};

static unsigned char *refused_at(const ai_bridge *b, uint32_t type, int why) {
	const uint32_t row = type < REFUSED_TYPES ? type : REFUSED_TYPES - 1;
	return b->header + REFUSED_AT + 8 * (REFUSED_REASONS * row + (uint32_t)why);
}

static int64_t refused_for(const ai_bridge *b, int why) {
	int64_t sum = 0;
	uint32_t type;
	for (type = 0; type < REFUSED_TYPES; type++) {
		sum += load64(refused_at(b, type, why));
	}
	return sum;
}

static __attribute__((cold, noinline)) int refuse(ai_bridge *b, uint32_t type, int why) {
	count(refused_at(b, type, why));
	return why;
}

/* What an event has beside its player, its map and its numbers. */
typedef struct {
	uint32_t text1, text2, key; /* lengths */
	uint32_t flags;
} extras;

static int has_extras(const ai_bridge_event *e) {
	return e->text1 != NULL || e->text2 != NULL || e->player_key != NULL || e->places != 0
		|| e->type == AI_BRIDGE_CUSTOM;
}

/* Returns why the event is not taken, and 0 if it may be. */
static __attribute__((noinline)) int measure_extras(const ai_bridge_event *e, extras *x, uint64_t *bits) {
	const int custom = e->type == AI_BRIDGE_CUSTOM;
	const int named = e->text1 != NULL && takes_name(e->type);
	int64_t fields;
	x->text1 = measure(e->text1, bits);
	x->text2 = custom ? 0 : measure(e->text2, bits);
	x->key = measure(e->player_key, bits);
	x->flags = (x->key > 0 ? HAS_KEY : 0) | (e->places != 0 ? HAS_PLACE : 0) | (e->places == 3 ? HAS_HEIGHT : 0)
		| (named ? NAMED : 0);
	if (x->text1 > AI_BRIDGE_MAX_NAME || x->text2 > AI_BRIDGE_MAX_MAP || x->key > AI_BRIDGE_MAX_NAME
		|| (e->player_key != NULL && x->key == 0) || (named && x->text1 == 0)
		|| (x->text1 > 0 && !named && !custom && e->type != AI_BRIDGE_MAP_CHANGE)
		|| (x->text2 > 0 && e->type != AI_BRIDGE_MAP_CHANGE)
		|| (e->places != 0 && e->places != 2 && e->places != 3)) {
		return AI_BRIDGE_MALFORMED;
	}
	if (custom) {
		if (!is_name(e->text1, x->text1, 1)) {
			return AI_BRIDGE_MALFORMED;
		}
		*bits = EACH_BYTE(0x80);
		fields = measure_fields(e);
		if (fields < 0) {
			return (int)(-1 - fields);
		}
		x->text2 = (uint32_t)fields;
	}
	return 0;
}

static __attribute__((noinline)) void put_extras(unsigned char *at, const ai_bridge_event *e, const extras *x) {
	at = put_text(at, e->text1, x->text1);
	at = e->type == AI_BRIDGE_CUSTOM ? put_fields(at, e) : put_text(at, e->text2, x->text2);
	if (e->places != 0) {
		at = put32(at, (uint32_t)e->x);
		at = put32(at, (uint32_t)e->y);
		if (e->places == 3) {
			at = put32(at, (uint32_t)e->z);
		}
	}
	if (x->key > 0) {
		at = put8(at, x->key);
		put_text(at, e->player_key, x->key);
	}
}

int ai_bridge_publish(ai_bridge *b, const ai_bridge_event *e) {
	extras x = {0, 0, 0, 0};
	uint64_t bits = 0; /* of all bytes of the texts */
	uint32_t map, length, flags, priority;
	uint64_t head, time_ms;
	int32_t type;
	int shut, more, why;
	unsigned char *record;
	unsigned char *at;
	if (b == NULL) {
		return AI_BRIDGE_OFF;
	}
	if (e == NULL || e->size != sizeof *e || e->type > AI_BRIDGE_CUSTOM) {
		return refuse(b, REFUSED_TYPES, AI_BRIDGE_MALFORMED);
	}
	shut = load32(b->header + REFUSED_NOW_AT);
	if (shut != 0) {
		return refuse(b, e->type, shut == AI_BRIDGE_DISK_LOW ? AI_BRIDGE_DISK_LOW : AI_BRIDGE_OFF);
	}
	priority = e->priority == AI_BRIDGE_PRIORITY_OF_TYPE ? PRIORITY_OF[e->type] : e->priority;
	map = measure(e->map, &bits);
	if (priority > AI_BRIDGE_URGENT || e->player < AI_BRIDGE_NO_PLAYER || e->player > UINT32_MAX
		|| (e->number1 | e->number2 | e->time_ms) > MAX_NUMBER /* all bits set: one above it shows */
		|| map > AI_BRIDGE_MAX_MAP) {
		return refuse(b, e->type, AI_BRIDGE_MALFORMED);
	}
	length = EVENT_HEADER + map;
	more = has_extras(e);
	if (more) {
		why = measure_extras(e, &x, &bits);
		if (why != 0) {
			return refuse(b, e->type, why);
		}
		length += x.text1 + x.text2 + 4u * e->places + (x.key > 0 ? 1 + x.key : 0);
	}
	if (length > AI_BRIDGE_MAX_EVENT || length + 8 > b->events.capacity / 8) {
		return refuse(b, e->type, AI_BRIDGE_TOO_LARGE);
	}
	time_ms = e->time_ms != 0 ? e->time_ms : (uint64_t)time_of(CLOCK_REALTIME_COARSE, 1000);
	flags = x.flags | (e->player != AI_BRIDGE_NO_PLAYER ? HAS_PLAYER : 0);
	head = (e->type | priority << 8 | flags << 16 | map << 24)
		| (e->player == AI_BRIDGE_NO_PLAYER ? 0 : (uint64_t)e->player << 32);
	type = (bits & EACH_BYTE(0x80)) != 0 ? RECORD_RAW_EVENT : RECORD_EVENT;
	record = claim(&b->events, length, b->usable[priority]);
	if (record == NULL) {
		return refuse(b, e->type, AI_BRIDGE_RING_FULL);
	}
	at = begin(record, type);
	at = put64(at, head);
	at = put64(at, time_ms);
	at = put64(at, e->number1);
	at = put64(at, e->number2);
	at = put64(at, x.text1 | (uint64_t)x.text2 << 32);
	at = put_text(at, e->map, map);
	if (more) {
		put_extras(at, e, &x);
	}
	commit(record, length);
	return AI_BRIDGE_TAKEN;
}

/* ---- what goes to the companion ---- */

static int call(ai_bridge *b, int32_t type, const unsigned char *head, uint32_t head_length,
	const void *text1, uint32_t length1, const void *text2, uint32_t length2, const void *text3,
	uint32_t length3) {
	const uint32_t length = head_length + length1 + length2 + length3;
	unsigned char *record;
	unsigned char *at;
	if (length + 8 > MAX_RECORD) {
		return AI_BRIDGE_TOO_LARGE;
	}
	record = claim(&b->calls, length, b->calls.capacity);
	if (record == NULL) {
		return AI_BRIDGE_RING_FULL;
	}
	at = begin(record, type);
	at = put(at, head, head_length);
	at = put(at, text1, length1);
	at = put(at, text2, length2);
	put(at, text3, length3);
	commit(record, length);
	return AI_BRIDGE_TAKEN;
}

static uint64_t request(ai_bridge *b, unsigned method, const char *script, const char *url,
	const char *body, size_t size, uint32_t timeout_ms) {
	unsigned char head[40];
	unsigned char *at = head;
	uint32_t script_length, url_length, slot;
	int64_t deadline;
	uint64_t number;
	if (b == NULL || url == NULL || (body == NULL && size > 0) || size > AI_BRIDGE_MAX_TEXT
		|| b->free_count == 0) {
		return 0;
	}
	script_length = length_of(script, AI_BRIDGE_MAX_NAME);
	url_length = length_of(url, AI_BRIDGE_MAX_TEXT);
	if (script_length > AI_BRIDGE_MAX_NAME) {
		script_length = AI_BRIDGE_MAX_NAME;
	}
	if (url_length == 0 || url_length + size > AI_BRIDGE_MAX_TEXT) {
		return 0;
	}
	deadline = monotonic_ms() + (timeout_ms == 0 ? DEFAULT_TIMEOUT_MS : timeout_ms);
	slot = b->free_requests[b->free_count - 1];
	number = (b->serial + 1) << 16 | slot;
	at = put64(at, number);
	at = put64(at, (uint64_t)deadline);
	at = put32(at, method);
	at = put32(at, script_length);
	at = put32(at, url_length);
	at = put32(at, (uint32_t)size);
	if (call(b, CALL_REQUEST, head, (uint32_t)(at - head), script, script_length, url, url_length, body,
			(uint32_t)size)
		!= AI_BRIDGE_TAKEN) {
		return 0;
	}
	b->serial++;
	b->free_count--;
	b->requests[slot].number = number;
	b->requests[slot].deadline_ms = deadline;
	return number;
}

uint64_t ai_bridge_http_get(ai_bridge *b, const char *script, const char *url, uint32_t timeout_ms) {
	return request(b, 1, script, url, NULL, 0, timeout_ms);
}

uint64_t ai_bridge_http_post(ai_bridge *b, const char *script, const char *url, const char *body,
	size_t size, uint32_t timeout_ms) {
	return request(b, 2, script, url, body, size, timeout_ms);
}

/* Frees the request's slot; 0 if the request is none under way. */
static int end_request(ai_bridge *b, uint64_t number) {
	const uint32_t slot = (uint32_t)(number & 0xFFFF);
	if (number == 0 || slot >= b->request_count || b->requests[slot].number != number) {
		return 0;
	}
	b->requests[slot].number = 0;
	b->free_requests[b->free_count++] = slot;
	return 1;
}

void ai_bridge_forget(ai_bridge *b, uint64_t number) {
	unsigned char head[8];
	if (b != NULL && end_request(b, number)) {
		put64(head, number);
		call(b, CALL_FORGET, head, sizeof head, NULL, 0, NULL, 0, NULL, 0);
	}
}

static int send_result(ai_bridge *b, uint64_t number, int end, const void *id, uint32_t id_length,
	const char *sentence) {
	unsigned char head[24];
	unsigned char *at = head;
	uint32_t length = length_of(sentence, 1024);
	if (length > 1024) {
		length = 1024;
	}
	at = put64(at, number);
	at = put32(at, (uint32_t)end);
	at = put32(at, id_length);
	at = put32(at, length);
	at = put32(at, 0);
	return call(
		b, CALL_RESULT, head, (uint32_t)(at - head), id, id_length, sentence, length, NULL, 0);
}

/* Returns the slot that has a number, 0 for a free one, beginning where that of action is; -1 if none has. */
static int slot_with(const ai_bridge *b, uint64_t number, uint64_t action) {
	uint32_t i;
	for (i = 0; i < AI_BRIDGE_MAX_ACTIONS; i++) {
		const uint32_t slot = (uint32_t)((action + i) % AI_BRIDGE_MAX_ACTIONS);
		if (b->action_numbers[slot] == number) {
			return (int)slot;
		}
	}
	return -1;
}

int ai_bridge_result(ai_bridge *b, uint64_t number, int done, const char *sentence) {
	int slot, why;
	if (b == NULL) {
		return AI_BRIDGE_OFF;
	}
	slot = number == 0 ? -1 : slot_with(b, number, number);
	if (slot < 0) {
		return AI_BRIDGE_UNKNOWN;
	}
	why = send_result(b, number, done ? END_DONE : END_FAILED, b->actions[slot].id,
		b->actions[slot].id_length, sentence);
	if (why == AI_BRIDGE_TAKEN) {
		b->action_numbers[slot] = 0;
	}
	return why;
}

int ai_bridge_reload(ai_bridge *b) {
	return b == NULL ? AI_BRIDGE_OFF : call(b, CALL_RELOAD, NULL, 0, NULL, 0, NULL, 0, NULL, 0);
}

/* ---- what comes from the companion ---- */

/* An action's field: name length 1, name, 0, kind 1, number 8, text length 4, text, 0. Returns the
 * next one, or null beyond the end. */
static const unsigned char *field_end(const unsigned char *at, const unsigned char *end) {
	uint32_t name, text;
	if (end - at < 1) {
		return NULL;
	}
	name = at[0];
	if (end - at < (int64_t)name + 15) {
		return NULL;
	}
	text = get32(at + name + 11);
	if ((uint64_t)(end - at) < (uint64_t)name + 16 + text) {
		return NULL;
	}
	return at + name + 16 + text;
}

static const unsigned char *find(const ai_bridge_action *action, const char *field) {
	const unsigned char *at;
	uint32_t i;
	if (action == NULL || field == NULL) {
		return NULL;
	}
	at = (const unsigned char *)action->fields;
	for (i = 0; i < action->field_count; i++) {
		if (strcmp((const char *)at + 1, field) == 0) {
			return at;
		}
		at += at[0] + 16 + get32(at + at[0] + 11);
	}
	return NULL;
}

const char *ai_bridge_text(const ai_bridge_action *action, const char *field) {
	const unsigned char *at = find(action, field);
	return at == NULL ? NULL : (const char *)at + at[0] + 15;
}

int64_t ai_bridge_number(const ai_bridge_action *action, const char *field, int64_t otherwise) {
	const unsigned char *at = find(action, field);
	if (at == NULL || (at[at[0] + 2] != AI_BRIDGE_INTEGER && at[at[0] + 2] != AI_BRIDGE_BOOLEAN)) {
		return otherwise;
	}
	return (int64_t)get64(at + at[0] + 3);
}

/* Calls the handler of the action in scratch; 0 if the record is damaged or the action is not begun. */
static int take_action(ai_bridge *b, const ai_bridge_handlers *handlers, uint32_t length) {
	const unsigned char *record = b->scratch;
	const unsigned char *end = record + length;
	const unsigned char *at;
	const char *not_begun = NULL;
	ai_bridge_action action;
	uint32_t id, type, i;
	int slot;
	if (length < 32) {
		return 0;
	}
	id = get32(record + 16);
	type = get32(record + 20);
	action.field_count = get32(record + 24);
	if (id > MAX_ID || type > MAX_ID || (uint64_t)length < (uint64_t)34 + id + type) {
		return 0;
	}
	action.number = get64(record);
	action.id = (const char *)record + 32;
	action.type = (const char *)record + 33 + id;
	at = record + 34 + id + type;
	action.fields = at;
	for (i = 0; i < action.field_count; i++) {
		at = field_end(at, end);
		if (at == NULL) {
			return 0;
		}
	}
	slot = slot_with(b, 0, action.number);
	if ((int64_t)get64(record + 8) != load64(b->header + COMPANION_AT)) {
		not_begun = "the companion was started again"; /* The one of now knows nothing of it. */
	} else if (handlers->action == NULL) {
		not_begun = "the server applies no actions";
	} else if (slot < 0 || action.number == 0) {
		not_begun = "too many actions are under way";
	}
	if (not_begun != NULL) {
		send_result(b, action.number, END_NOT_BEGUN, action.id, id, not_begun);
		return 0;
	}
	b->action_numbers[slot] = action.number;
	b->actions[slot].id_length = id;
	memcpy(b->actions[slot].id, action.id, id);
	handlers->action(handlers->context, &action);
	return 1;
}

static int take_answer(ai_bridge *b, const ai_bridge_handlers *handlers, uint32_t length) {
	const uint64_t number = length < 16 ? 0 : get64(b->scratch);
	if (!end_request(b, number)) {
		return 0; /* It has timed out, or its script is gone. */
	}
	if (handlers->answer != NULL) {
		b->scratch[length] = 0;
		handlers->answer(handlers->context, number, (int)get32(b->scratch + 8),
			(const char *)b->scratch + 16, length - 16);
	}
	return 1;
}

static void take_log(ai_bridge *b, uint32_t length) {
	if (length >= 4 && b->log != NULL) {
		b->scratch[length] = 0;
		b->log(b->log_context, (int)get32(b->scratch), (const char *)b->scratch + 4);
	}
}

/* Nobody waits for that action's end any more: its place is free, as if it had ended. */
static void take_given_up(ai_bridge *b, uint32_t length) {
	const uint64_t number = length < 8 ? 0 : get64(b->scratch);
	const int slot = number == 0 ? -1 : slot_with(b, number, number);
	if (slot >= 0) {
		b->action_numbers[slot] = 0;
		tell(b, AI_BRIDGE_WARNING,
			"ai_bridge: the end of action %.*s was not told within action_timeout, nobody waits for it any more",
			(int)b->actions[slot].id_length, b->actions[slot].id);
	}
}

/* Returns the length of a claim that a dead companion has left at index, 0 if it may be alive. */
static uint32_t dead_claim(const ai_bridge *b, int64_t head, int32_t length) {
	const int64_t dead = load64(b->header + TURNS_DEAD_BEFORE_AT);
	const uint32_t index = (uint32_t)head & (b->turns.capacity - 1);
	uint32_t gap = 8;
	if (head >= dead) {
		return 0;
	}
	if (length < 0) {
		const uint32_t claimed = length == INT32_MIN ? 0 : aligned((uint32_t)-length);
		return claimed != 0 && claimed <= b->turns.capacity - index ? claimed : gap;
	}
	while (head + gap < dead && index + gap < b->turns.capacity && load32(b->turns.at + index + gap) == 0) {
		gap += 8;
	}
	return gap;
}

/* Takes one record; its bytes are copied and freed before a handler runs, so that it runs once. */
static int take_turn(ai_bridge *b, const ai_bridge_handlers *handlers, int *called) {
	const int64_t head = load64(field_of(&b->turns, HEAD_AT));
	const uint32_t index = (uint32_t)head & (b->turns.capacity - 1);
	int32_t length, type;
	if (load64(field_of(&b->turns, TAIL_AT)) <= head) {
		return 0;
	}
	length = load32(b->turns.at + index);
	if (length <= 0) {
		uint32_t dead = dead_claim(b, head, length);
		if (dead == 0) {
			return 0;
		}
		release(&b->turns, head, dead);
		return 1;
	}
	type = load32(b->turns.at + index + 4);
	if (length < 8 || (uint32_t)length > b->turns.capacity - index
		|| (type != PADDING && (uint32_t)length > MAX_RECORD)) {
		int64_t tail = load64(field_of(&b->turns, TAIL_AT));
		tell(b, AI_BRIDGE_ERROR, "ai_bridge: somebody wrote over the door's file; what was in it is lost");
		memset(b->turns.at, 0, b->turns.capacity);
		store64(field_of(&b->turns, HEAD_AT), tail);
		return 1;
	}
	if (type != PADDING) {
		memcpy(b->scratch, b->turns.at + index + 8, (size_t)length - 8);
	}
	release(&b->turns, head, aligned((uint32_t)length));
	switch (type) {
	case TURN_ACTION:
		*called += take_action(b, handlers, (uint32_t)length - 8);
		break;
	case TURN_ANSWER:
		*called += take_answer(b, handlers, (uint32_t)length - 8);
		break;
	case TURN_LOG:
		take_log(b, (uint32_t)length - 8);
		break;
	case TURN_GIVEN_UP:
		take_given_up(b, (uint32_t)length - 8);
		break;
	default:
		break;
	}
	return 1;
}

/* Answers requests whose time is over, until the time in the tick is; returns their number. */
static int time_out(ai_bridge *b, const ai_bridge_handlers *handlers, int64_t now_ms, int64_t end_us) {
	uint32_t looked = 0;
	int called = 0;
	while (b->free_count < b->request_count && looked < MAX_SLOTS_A_TICK && looked < b->request_count) {
		request_slot *slot = &b->requests[b->scan];
		b->scan = (b->scan + 1) % b->request_count;
		looked++;
		if (slot->number != 0 && slot->deadline_ms < now_ms) {
			const uint64_t number = slot->number;
			end_request(b, number);
			if (handlers->answer != NULL) {
				handlers->answer(handlers->context, number, 0, "", 0);
			}
			called++;
			if (monotonic_us() > end_us) {
				break;
			}
		}
	}
	return called;
}

int ai_bridge_companion_alive(const ai_bridge *b) {
	int64_t beat = b == NULL ? 0 : load64(b->header + COMPANION_BEAT_AT);
	return beat != 0 && monotonic_ms() - beat < COMPANION_DEAD_MS;
}

/* Tells what has changed, once a second. */
static void look(ai_bridge *b, int64_t now_ms) {
	const int alive = ai_bridge_companion_alive(b);
	const int32_t companion = alive ? load32(b->header + COMPANION_PID_AT) : 0;
	uint32_t refused = (uint32_t)load32(b->header + REFUSED_NOW_AT);
	const int64_t full = refused_for(b, AI_BRIDGE_RING_FULL);
	if (refused != 0 && !alive && !b->is_copy) {
		refused = 0; /* Nobody says so any more. One that is only slow says so again. */
		store32(b->header + REFUSED_NOW_AT, 0);
	}
	if (companion != b->was_companion) {
		b->was_companion = companion;
		if (alive) {
			tell(b, AI_BRIDGE_INFO, "ai_bridge: the companion runs, pid %d", (int)companion);
		} else {
			tell(b, AI_BRIDGE_WARNING,
				"ai_bridge: the companion is gone; events wait in the ring until it is back");
		}
	}
	if (refused != b->was_refused) {
		b->was_refused = refused;
		if (refused != 0) {
			tell(b, AI_BRIDGE_ERROR, "ai_bridge: events are refused, and lost: %s",
				ai_bridge_reason((int)refused));
		} else {
			tell(b, AI_BRIDGE_INFO, "ai_bridge: events are taken again");
		}
	}
	if (full > b->told_full && now_ms - b->told_full_ms >= TELL_FULL_EVERY_MS) {
		tell(b, AI_BRIDGE_WARNING,
			"ai_bridge: the ring is full, %lld events were refused, and lost%s",
			(long long)(full - b->told_full), alive ? "" : ": the companion is gone");
		b->told_full = full;
		b->told_full_ms = now_ms;
	}
}

int ai_bridge_tick(ai_bridge *b, const ai_bridge_handlers *handlers, uint32_t max_us) {
	int64_t now_ms, end_us;
	int records = 0;
	int called = 0;
	if (b == NULL || handlers == NULL || b->in_tick) {
		return 0;
	}
	b->in_tick = 1;
	now_ms = monotonic_ms();
	end_us = monotonic_us() + max_us;
	store64(b->header + WRITER_BEAT_AT, now_ms);
	if (now_ms - b->looked_ms >= LOOK_EVERY_MS) {
		b->looked_ms = now_ms;
		look(b, now_ms);
	}
	while (records < MAX_RECORDS_A_TICK && take_turn(b, handlers, &called)) {
		records++;
		if (monotonic_us() > end_us) {
			break;
		}
	}
	called += time_out(b, handlers, now_ms, end_us);
	b->in_tick = 0;
	return called;
}

size_t ai_bridge_status(const ai_bridge *b, char *json, size_t size) {
	int i;
	for (i = 0; b != NULL && json != NULL && i < STATUS_TRIES; i++) {
		const int64_t sequence = load64(b->door + DOOR_STATUS_SEQUENCE_AT);
		const size_t length = (size_t)(uint32_t)load32(b->door + DOOR_STATUS_LENGTH_AT);
		if ((sequence & 1) == 0 && length > 0 && length < STATUS_SIZE && length < size) {
			size_t k;
			/* Byte by byte and atomically: the companion may write at the same time. */
			for (k = 0; k < length; k++) {
				json[k] = (char)__atomic_load_n(b->door + HEADER + k, __ATOMIC_ACQUIRE);
			}
			if (load64(b->door + DOOR_STATUS_SEQUENCE_AT) == sequence) {
				json[length] = 0;
				return length;
			}
		}
	}
	return 0;
}

const char *ai_bridge_reason(int code) {
	switch (code) {
	case AI_BRIDGE_TAKEN:
		return "taken";
	case AI_BRIDGE_OFF:
		return "the bridge is off";
	case AI_BRIDGE_RING_FULL:
		return "the ring is full";
	case AI_BRIDGE_MALFORMED:
		return "a number, a name or a text is outside its range";
	case AI_BRIDGE_TOO_LARGE:
		return "it is too large";
	case AI_BRIDGE_DISK_LOW:
		return "the journal's disk is full";
	case AI_BRIDGE_UNKNOWN:
		return "no such action is under way";
	default:
		return "for a reason that this version does not know";
	}
}

/* ---- opening and closing ---- */

static int fail(char *why, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(char *why, size_t size, const char *format, ...) {
	va_list arguments;
	if (why != NULL && size > 0) {
		va_start(arguments, format);
		vsnprintf(why, size, format, arguments);
		va_end(arguments);
	}
	return -1;
}

static int is_server_id(const char *id) {
	size_t i;
	size_t length = id == NULL ? 0 : strnlen(id, 65);
	for (i = 0; i < length; i++) {
		char c = id[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
				|| c == '.' || c == '-')) {
			return 0;
		}
	}
	return length >= 1 && length <= 64;
}

/* Makes the folder, or checks that it is this user's alone. */
static int open_folder(const char *folder, char *why, size_t size) {
	struct stat now;
	int file;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		return fail(why, size, "%s cannot be made: %s", folder, strerror(errno));
	}
	file = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0 || fstat(file, &now) != 0) {
		fail(why, size, "%s cannot be used: %s", folder, strerror(errno));
		if (file >= 0) {
			close(file);
		}
		return -1;
	}
	if (now.st_uid != geteuid() || (now.st_mode & 077) != 0) {
		close(file);
		return fail(why, size, now.st_uid != geteuid()
				? "%s belongs to another user; choose another folder"
				: "others may use %s: chmod 700 it",
			folder);
	}
	return file;
}

static int lock(int file, short type) {
	struct flock region;
	memset(&region, 0, sizeof region);
	region.l_type = type;
	region.l_whence = SEEK_SET;
	return fcntl(file, F_SETLK, &region);
}

/* The pid of who holds the lock, 0 for nobody. */
static int holder(int file) {
	struct flock region;
	memset(&region, 0, sizeof region);
	region.l_type = F_WRLCK;
	region.l_whence = SEEK_SET;
	if (fcntl(file, F_GETLK, &region) != 0 || region.l_type == F_UNLCK) {
		return 0;
	}
	return region.l_pid;
}

static int check_file(int file, const char *name, struct stat *now, char *why, size_t size) {
	if (fstat(file, now) != 0) {
		return fail(why, size, "%s cannot be used: %s", name, strerror(errno));
	}
	if (!S_ISREG(now->st_mode) || now->st_uid != geteuid() || (now->st_mode & 077) != 0
		|| now->st_nlink != 1) {
		return fail(why, size, "%s is not this user's alone; take it away", name);
	}
	return 0;
}

/* Takes the writer's lock. A companion that asks whether the writer lives holds it for a moment. */
static int take_lock(int folder, char *why, size_t size) {
	const struct timespec pause = {0, LOCK_PAUSE_NS};
	struct stat now;
	int i;
	int file = openat(folder, "server.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0) {
		return fail(why, size, "server.lock cannot be made: %s", strerror(errno));
	}
	if (check_file(file, "server.lock", &now, why, size) != 0) {
		close(file);
		return -1;
	}
	for (i = 0; lock(file, F_WRLCK) != 0; i++) {
		if (i == LOCK_TRIES) {
			fail(why, size, "another server with this server_id runs: process %d", holder(file));
			close(file);
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return file;
}

static int is_companion_there(int folder) {
	int there;
	int file = openat(folder, "companion.lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0) {
		return 0;
	}
	there = holder(file) != 0;
	close(file);
	return there;
}

static int random_number(uint64_t *number) {
	do {
		if (getrandom(number, sizeof *number, 0) != (ssize_t)sizeof *number) {
			return -1;
		}
		*number &= INT64_MAX;
	} while (*number == 0);
	return 0;
}

/* Writes each page as it is: its first write costs a fault, in a virtual machine also one that this system does
 * not see, and the game thread is not to meet it. The other side may be writing, so nothing may get lost. */
static void touch(unsigned char *memory, size_t length) {
	size_t at;
	for (at = 0; at < length; at += HEADER) {
		int64_t same = load64(memory + at);
		__atomic_compare_exchange_n(
			(int64_t *)(void *)(memory + at), &same, same, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

/* Makes a file of this size and maps it; the file has all of its room, so no write can fail. */
static unsigned char *make_file(int folder, const char *name, size_t length, int *error) {
	void *memory = MAP_FAILED;
	int file;
	unlinkat(folder, name, 0);
	file = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0) {
		*error = errno;
		return NULL;
	}
	do {
		*error = posix_fallocate(file, 0, (off_t)length);
	} while (*error == EINTR);
	if (*error == 0) {
		memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
		*error = errno;
	}
	close(file);
	if (memory == MAP_FAILED) {
		unlinkat(folder, name, 0);
		return NULL;
	}
	touch((unsigned char *)memory, length);
	return (unsigned char *)memory;
}

static int is_power_of_two(uint32_t number) {
	return number != 0 && (number & (number - 1)) == 0;
}

/* True if the positions of a ring are those of one. */
static int is_sound(const ring *r) {
	const int64_t head = load64(field_of(r, HEAD_AT));
	const int64_t tail = load64(field_of(r, TAIL_AT));
	const int64_t cache = load64(field_of(r, HEAD_CACHE_AT));
	return cache >= 0 && cache <= head && head <= tail && tail - head <= (int64_t)r->capacity
		&& ((head | tail) & 7) == 0;
}

/* Maps the ring of an earlier process: 1; 0 if there is none, -1 with a sentence if it is no good. */
static int take_over(ai_bridge *b, int folder, uint32_t wanted, char *why, size_t size) {
	struct stat now;
	unsigned char *memory;
	uint32_t capacity;
	int file = openat(folder, "events.ring", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0) {
		return errno == ENOENT ? 0 : fail(why, size, "events.ring cannot be read: %s", strerror(errno));
	}
	if (check_file(file, "events.ring", &now, why, size) != 0) {
		close(file);
		return -1;
	}
	if (now.st_size < HEADER + (off_t)MIN_RING + TRAILER || now.st_size > INT32_MAX) {
		close(file);
		return fail(why, size, "events.ring was cut; take it away");
	}
	memory = (unsigned char *)mmap(
		NULL, (size_t)now.st_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
	close(file);
	if (memory == MAP_FAILED) {
		return fail(why, size, "events.ring cannot be mapped: %s", strerror(errno));
	}
	capacity = get32(memory + CAPACITY_AT);
	if (memcmp(memory + MAGIC_AT, EVENTS_MAGIC, 8) != 0 || get32(memory + VERSION_AT) != VERSION) {
		int version = (int)get32(memory + VERSION_AT);
		munmap(memory, (size_t)now.st_size);
		return fail(why, size,
			"events.ring is no ring of version %d (it says %d): let its own version empty it, or take it "
			"away",
			VERSION, version);
	}
	if (!is_power_of_two(capacity) || now.st_size != HEADER + (off_t)capacity + TRAILER) {
		munmap(memory, (size_t)now.st_size);
		return fail(why, size, "events.ring was cut; take it away");
	}
	b->header = memory;
	b->events_size = (size_t)now.st_size;
	b->events.at = memory + HEADER;
	b->events.capacity = capacity;
	if (!is_sound(&b->events)) {
		return fail(why, size, "somebody wrote over events.ring; take it away");
	}
	touch(memory, b->events_size);
	if (capacity != wanted) {
		if (load64(field_of(&b->events, TAIL_AT)) == load64(field_of(&b->events, HEAD_AT))
			&& !is_companion_there(folder)) {
			munmap(memory, b->events_size);
			b->header = NULL;
			return 0;
		}
		tell(b, AI_BRIDGE_WARNING, "ai_bridge: the ring keeps its %u KiB until it is empty and no companion runs",
			capacity >> 10);
	}
	return 1;
}

static int make_events(ai_bridge *b, int folder, uint32_t wanted, char *why, size_t size) {
	uint32_t capacity = wanted;
	uint64_t generation;
	int error = 0;
	unsigned char *memory = NULL;
	while (memory == NULL) {
		memory = make_file(folder, "events.ring.new", HEADER + (size_t)capacity + TRAILER, &error);
		if (memory == NULL && (error != ENOSPC || capacity <= MIN_RING)) {
			return fail(why, size, "no ring can be made: %s", strerror(error));
		}
		capacity /= memory == NULL ? 2 : 1;
	}
	if (capacity < wanted) {
		tell(b, AI_BRIDGE_WARNING,
			"ai_bridge: the ring has %u KiB instead of %u, there is no room for more (in Docker: --shm-size)",
			capacity >> 10, wanted >> 10);
	}
	b->header = memory;
	b->events_size = HEADER + (size_t)capacity + TRAILER;
	b->events.at = memory + HEADER;
	b->events.capacity = capacity;
	if (random_number(&generation) != 0) {
		return fail(why, size, "the system gives no random number: %s", strerror(errno));
	}
	memcpy(memory + MAGIC_AT, EVENTS_MAGIC, 8);
	put32(memory + VERSION_AT, VERSION);
	put32(memory + CAPACITY_AT, capacity);
	put64(memory + GENERATION_AT, generation);
	if (renameat(folder, "events.ring.new", folder, "events.ring") != 0) {
		return fail(why, size, "events.ring cannot be made: %s", strerror(errno));
	}
	return 0;
}

static void door_name(char *name, size_t size, uint64_t incarnation) {
	snprintf(name, size, "door.%016llx", (unsigned long long)incarnation);
}

/* Deletes the doors of earlier lives, but not that of but. */
static void remove_doors(int folder, uint64_t but) {
	char kept[32];
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *all = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *each;
	if (all == NULL) {
		if (copy >= 0) {
			close(copy);
		}
		return;
	}
	door_name(kept, sizeof kept, but);
	while ((each = readdir(all)) != NULL) {
		if (strncmp(each->d_name, "door.", 5) == 0 && strcmp(each->d_name, kept) != 0) {
			unlinkat(folder, each->d_name, 0);
		}
	}
	closedir(all);
}

/* Makes a new door: what an earlier incarnation has not read of its own, nobody reads. */
static int make_door(ai_bridge *b, int folder, uint64_t incarnation, char *why, size_t size) {
	char name[32];
	int error = 0;
	const size_t ring_size = DOOR_RING + HEADER;
	door_name(name, sizeof name, incarnation);
	b->door_size = DOOR_RINGS + 2 * ring_size;
	b->door = make_file(folder, name, b->door_size, &error);
	if (b->door == NULL) {
		return fail(why, size, "%s cannot be made: %s", name, strerror(error));
	}
	put32(b->door + DOOR_CALLS_AT, DOOR_RING);
	put64(b->door + DOOR_INCARNATION_AT, incarnation);
	put32(b->door + DOOR_TURNS_AT, DOOR_RING);
	put32(b->door + VERSION_AT, VERSION);
	memcpy(b->door + MAGIC_AT, DOOR_MAGIC, 8);
	b->calls.at = b->door + DOOR_RINGS;
	b->calls.capacity = DOOR_RING;
	b->turns.at = b->door + DOOR_RINGS + ring_size;
	b->turns.capacity = DOOR_RING;
	return 0;
}

static int make_tables(ai_bridge *b, uint32_t requests, char *why, size_t size) {
	uint32_t i;
	b->request_count = requests;
	b->requests = (request_slot *)calloc(requests, sizeof *b->requests);
	b->free_requests = (uint32_t *)calloc(requests, sizeof *b->free_requests);
	b->actions = (action_slot *)calloc(AI_BRIDGE_MAX_ACTIONS, sizeof *b->actions);
	b->scratch = (unsigned char *)calloc(1, MAX_RECORD + 8);
	if (b->requests == NULL || b->free_requests == NULL || b->actions == NULL || b->scratch == NULL) {
		return fail(why, size, "memory ran out");
	}
	/* Written once, so that no page of theirs is missing when the game thread comes. */
	memset(b->actions, 0, AI_BRIDGE_MAX_ACTIONS * sizeof *b->actions);
	memset(b->scratch, 0, MAX_RECORD + 8);
	memset(b->action_numbers, 0, sizeof b->action_numbers);
	for (i = 0; i < requests; i++) {
		b->free_requests[b->free_count++] = requests - 1 - i;
	}
	return 0;
}

/* The server's sockets are not the companion's: held by it, they could not be opened again. */
static void close_all_files(posix_spawn_file_actions_t *files) {
	DIR *all = opendir("/proc/self/fd");
	struct dirent *each;
	if (all == NULL) {
		return;
	}
	while ((each = readdir(all)) != NULL) {
		const int file = atoi(each->d_name);
		if (file > STDERR_FILENO && file != dirfd(all)) {
			posix_spawn_file_actions_addclose(files, file);
		}
	}
	closedir(all);
}

static void start_companion(ai_bridge *b, int folder, const char *const *command) {
	extern char **environ;
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;
	sigset_t none;
	int error;
	if (command == NULL || command[0] == NULL || is_companion_there(folder)) {
		return;
	}
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&files);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	close_all_files(&files);
	error = posix_spawnp(
		&b->companion, command[0], &files, &attributes, (char *const *)(uintptr_t)command, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (error != 0) {
		b->companion = 0;
		tell(b, AI_BRIDGE_ERROR, "ai_bridge: the companion cannot be started with %s: %s", command[0],
			strerror(error));
	}
}

/* In a process that was forked off: it has no lock, so its claims would pass for a dead one's. It gets pages of
 * its own that say that the bridge is off. */
static void in_copy(void) {
	ai_bridge *each;
	__atomic_clear(&all_bridges_taken, __ATOMIC_RELEASE);
	for (each = all_bridges; each != NULL; each = each->next) {
		if (each->header == NULL || each->door == NULL
			|| mmap(each->door, each->door_size, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
				== MAP_FAILED
			|| mmap(each->header, HEADER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
				== MAP_FAILED) {
			continue;
		}
		each->is_copy = 1;
		store32(each->header + REFUSED_NOW_AT, AI_BRIDGE_OFF);
	}
}

static int watch_forks(char *why, size_t size) {
	const int error = forks_watched ? 0 : pthread_atfork(NULL, NULL, in_copy);
	forks_watched = error == 0;
	return error == 0 ? 0 : fail(why, size, "forks cannot be watched: %s", strerror(error));
}

static int enlist(ai_bridge *b, char *why, size_t size) {
	struct stat now;
	ai_bridge *each;
	int twice = 0;
	if (fstat(b->lock_file, &now) != 0) {
		return fail(why, size, "server.lock cannot be used: %s", strerror(errno));
	}
	b->device = now.st_dev;
	b->inode = now.st_ino;
	while (__atomic_test_and_set(&all_bridges_taken, __ATOMIC_ACQUIRE)) {
	}
	for (each = all_bridges; each != NULL; each = each->next) {
		twice |= each->device == b->device && each->inode == b->inode;
	}
	if (!twice) {
		b->next = all_bridges;
		all_bridges = b;
	}
	__atomic_clear(&all_bridges_taken, __ATOMIC_RELEASE);
	if (twice) {
		b->lock_file = -1; /* Closing a second descriptor of the file would drop the lock of the first one. */
		return fail(why, size, "this process has opened this server_id already");
	}
	return 0;
}

static void delist(ai_bridge *b) {
	ai_bridge **at;
	while (__atomic_test_and_set(&all_bridges_taken, __ATOMIC_ACQUIRE)) {
	}
	for (at = &all_bridges; *at != NULL; at = &(*at)->next) {
		if (*at == b) {
			*at = b->next;
			break;
		}
	}
	__atomic_clear(&all_bridges_taken, __ATOMIC_RELEASE);
}

static void discard(ai_bridge *b) {
	if (b->header != NULL) {
		munmap(b->header, b->events_size);
	}
	if (b->door != NULL) {
		munmap(b->door, b->door_size);
	}
	if (b->lock_file >= 0) {
		close(b->lock_file);
	}
	free(b->requests);
	free(b->free_requests);
	free(b->actions);
	free(b->scratch);
	free(b);
}

static int open_in(ai_bridge *b, int folder, const ai_bridge_options *o, const char *charset,
	char *why, size_t size) {
	static const uint32_t PERCENT[4] = {60, 80, 90, 100};
	const uint32_t wanted = o->ring_bytes == 0 ? DEFAULT_RING : o->ring_bytes;
	uint64_t incarnation;
	int taken, i;
	if (watch_forks(why, size) != 0) {
		return -1;
	}
	b->lock_file = take_lock(folder, why, size);
	if (b->lock_file < 0 || enlist(b, why, size) != 0) {
		return -1;
	}
	if (random_number(&incarnation) != 0) {
		return fail(why, size, "the system gives no random number: %s", strerror(errno));
	}
	taken = take_over(b, folder, wanted, why, size);
	if (taken > 0) {
		/* The last life's door stays until this one's is there: a companion finds one or the other. */
		remove_doors(folder, (uint64_t)load64(b->header + INCARNATION_AT));
	}
	if (taken < 0 || (taken == 0 && make_events(b, folder, wanted, why, size) != 0)
		|| make_tables(b, o->requests == 0 ? 1024 : o->requests, why, size) != 0
		|| make_door(b, folder, incarnation, why, size) != 0) {
		return -1;
	}
	for (i = 0; i < 4; i++) {
		b->usable[i] = (uint32_t)((uint64_t)b->events.capacity * PERCENT[i] / 100);
	}
	memset(b->header + CHARSET_AT, 0, CHARSET_SIZE);
	memcpy(b->header + CHARSET_AT, charset, strlen(charset));
	memset(b->header + SERVER_ID_AT, 0, SERVER_ID_SIZE);
	memcpy(b->header + SERVER_ID_AT, o->server_id, strlen(o->server_id));
	memset(b->header + REFUSED_AT, 0, 8 * REFUSED_TYPES * REFUSED_REASONS); /* The last life's. */
	store32(b->header + WRITER_PID_AT, (int32_t)getpid());
	store32(b->header + FLAGS_AT, 0);
	store64(b->header + WRITER_BEAT_AT, monotonic_ms());
	/* Claims before here are a dead process's. Said before the first claim of this one. */
	store64(b->header + DEAD_BEFORE_AT, load64(field_of(&b->events, TAIL_AT)));
	store64(b->header + INCARNATION_AT, (int64_t)incarnation);
	remove_doors(folder, incarnation);
	if (!is_companion_there(folder)) {
		store32(b->header + REFUSED_NOW_AT, 0); /* What a dead one has said. */
	}
	start_companion(b, folder, o->companion);
	return 0;
}

ai_bridge *ai_bridge_open(const ai_bridge_options *o, char *why, size_t size) {
	char place[256];
	const char *path = place;
	const char *charset;
	ai_bridge *b;
	int folder;
	int opened;
	if (why != NULL && size > 0) {
		why[0] = 0;
	}
	if (o == NULL || o->size != sizeof *o) {
		fail(why, size, "the options are not those of this version of the library");
		return NULL;
	}
	if (!is_server_id(o->server_id)) {
		fail(why, size, "server_id must be 1 to 64 characters of A-Z a-z 0-9 _ . -");
		return NULL;
	}
	charset = o->charset == NULL ? "UTF-8" : o->charset;
	if (strlen(charset) == 0 || strlen(charset) >= CHARSET_SIZE) {
		fail(why, size, "charset must be 1 to %d characters", CHARSET_SIZE - 1);
		return NULL;
	}
	if (o->ring_bytes != 0
		&& (!is_power_of_two(o->ring_bytes) || o->ring_bytes < MIN_RING || o->ring_bytes > 1u << 30)) {
		fail(why, size, "ring_bytes must be a power of two from 65536 to 1073741824");
		return NULL;
	}
	if (o->requests > 65536) {
		fail(why, size, "requests must be at most 65536");
		return NULL;
	}
	if (o->folder != NULL) {
		path = o->folder;
	} else {
		snprintf(place, sizeof place, "/dev/shm/ai-bridge.%u.%s", (unsigned)geteuid(), o->server_id);
	}
	folder = open_folder(path, why, size);
	if (folder < 0) {
		return NULL;
	}
	b = (ai_bridge *)calloc(1, sizeof *b);
	if (b == NULL) {
		close(folder);
		fail(why, size, "memory ran out");
		return NULL;
	}
	b->lock_file = -1;
	b->log = o->log;
	b->log_context = o->log_context;
	opened = open_in(b, folder, o, charset, why, size);
	close(folder);
	if (opened != 0) {
		delist(b);
		discard(b);
		return NULL;
	}
	return b;
}

void ai_bridge_close(ai_bridge *b) {
	if (b == NULL) {
		return;
	}
	store32(b->header + FLAGS_AT, FLAG_CLOSED);
	if (b->companion > 0) {
		waitpid(b->companion, NULL, WNOHANG);
	}
	delist(b);
	discard(b);
}
