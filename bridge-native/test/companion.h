/*
 * A companion of the tests' own, in the server's process; the rings it has are in the test's folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COMPANION_H
#define COMPANION_H
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ai_bridge.h"
#include "check.h"

enum { HEADER = 4096, STATUS = 65536, DOOR_RING = 4 << 20, RING = 65536 };

static char folder[256];
static ai_bridge *in_handler;
static unsigned char *header;
static unsigned char *door;

static inline unsigned char *map(const char *path, size_t size) {
	int file = open(path, O_RDWR);
	void *memory;
	CHECK(file >= 0);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	CHECK(memory != MAP_FAILED);
	close(file);
	return (unsigned char *)memory;
}

static inline int64_t get64(const unsigned char *at) {
	return __atomic_load_n((const int64_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static inline void set64(unsigned char *at, int64_t value) {
	__atomic_store_n((int64_t *)(void *)at, value, __ATOMIC_RELEASE);
}

static inline int32_t get32(const unsigned char *at) {
	return __atomic_load_n((const int32_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static inline void set32(unsigned char *at, int32_t value) {
	__atomic_store_n((int32_t *)(void *)at, value, __ATOMIC_RELEASE);
}

static inline void attach(int64_t incarnation) {
	char path[512];
	struct timespec now;
	snprintf(path, sizeof path, "%s/events.ring", folder);
	header = map(path, HEADER + RING + 768);
	snprintf(path, sizeof path, "%s/door.%016llx", folder, (unsigned long long)get64(header + 32));
	door = map(path, HEADER + STATUS + 2 * (DOOR_RING + HEADER));
#ifdef __SANITIZE_THREAD__
	/* In the library's own mapping, for the sanitizer knows memory by its address. */
	header = ((unsigned char **)(void *)in_handler)[0];
	door = ((unsigned char **)(void *)in_handler)[1];
#endif
	clock_gettime(CLOCK_MONOTONIC, &now);
	set32(header + 88, (int32_t)getpid());
	set64(header + 72, (int64_t)now.tv_sec * 1000);
	set64(header + 80, get64(door + HEADER + STATUS + DOOR_RING + HEADER + DOOR_RING + 128));
	set64(header + 64, incarnation);
}

static inline unsigned char *calls(void) {
	return door + HEADER + STATUS;
}

static inline unsigned char *turns(void) {
	return door + HEADER + STATUS + DOOR_RING + HEADER;
}

/* Reads one record of a ring into to; returns its type, 0 if there is none. */
static inline int read_record(unsigned char *ring, int64_t capacity, unsigned char *to, int *size) {
	for (;;) {
		int64_t head = get64(ring + capacity + 384);
		unsigned char *at = ring + head % capacity;
		int32_t length, type;
		if (get64(ring + capacity + 128) <= head || (length = get32(at)) <= 0) {
			return 0;
		}
		type = get32(at + 4);
		memcpy(to, at + 8, type < 0 ? 0 : (size_t)length - 8);
		*size = length - 8;
		memset(at, 0, ((size_t)length + 7) & ~(size_t)7);
		set64(ring + capacity + 384, head + ((length + 7) & ~7));
		if (type > 0) {
			return type;
		}
	}
}

/* Claims a turn; the caller commits it. */
static inline unsigned char *claim_turn(int size) {
	unsigned char *ring = turns();
	int64_t tail = get64(ring + DOOR_RING + 128);
	unsigned char *at = ring + tail % DOOR_RING;
	CHECK(tail % DOOR_RING + size + 16 < DOOR_RING);
	set64(ring + DOOR_RING + 128, tail + ((size + 8 + 7) & ~7));
	set32(at, -(size + 8));
	return at;
}

static inline void write_turn(int type, const void *bytes, int size) {
	unsigned char *at = claim_turn(size);
	set32(at + 4, type);
	memcpy(at + 8, bytes, (size_t)size);
	set32(at, size + 8);
}

static inline void write_answer(uint64_t number, int status, const char *body) {
	unsigned char record[512] = {0};
	memcpy(record, &number, 8);
	memcpy(record + 8, &status, 4);
	memcpy(record + 16, body, strlen(body));
	write_turn(2, record, 16 + (int)strlen(body));
}

static inline void write_action(uint64_t number, int64_t incarnation, const char *id, const char *type) {
	unsigned char record[512] = {0};
	unsigned char *at = record + 32;
	uint32_t id_length = (uint32_t)strlen(id), type_length = (uint32_t)strlen(type), fields = 2;
	int64_t amount = -5;
	uint32_t text;
	memcpy(record, &number, 8);
	memcpy(record + 8, &incarnation, 8);
	memcpy(record + 16, &id_length, 4);
	memcpy(record + 20, &type_length, 4);
	memcpy(record + 24, &fields, 4);
	memcpy(at, id, id_length + 1);
	at += id_length + 1;
	memcpy(at, type, type_length + 1);
	at += type_length + 1;
	*at++ = 3;
	memcpy(at, "map\0\3", 5);
	at += 13;
	text = 6;
	memcpy(at, &text, 4);
	memcpy(at + 4, "geffen", 7);
	at += 11;
	*at++ = 6;
	memcpy(at, "amount\0\1", 8);
	memcpy(at + 8, &amount, 8);
	text = 2;
	memcpy(at + 16, &text, 4);
	memcpy(at + 20, "-5", 3);
	at += 23;
	write_turn(1, record, (int)(at - record));
}

#endif
