/*
 * Publishes events of random bytes, and writes what was accepted as lines "type hex", as it lies in the
 * ring. `random DIR SEED COUNT`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ai_bridge.h"
#include "check.h"

enum { HEADER = 4096, RING = 1 << 20 };

static uint64_t state;

static uint32_t roll(uint32_t below) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % below;
}

/* Bytes of a kind: letters, upper half, all but zero, those of which two make a character. */
static const char *text(char *to, uint32_t max) {
	const uint32_t kind = roll(6);
	const uint32_t length = roll(4) == 0 ? roll(max) : roll(24);
	uint32_t i;
	if (kind == 5) {
		return NULL;
	}
	for (i = 0; i < length; i++) {
		to[i] = (char)(kind == 0 ? 'a' + (int)roll(26)
				: kind == 1 ? 0xA1 + (int)roll(94)
				: kind == 2 ? 1 + (int)roll(255)
				: kind == 3 ? (i % 2 == 0 ? 0x81 + (int)roll(126) : 0x40 + (int)roll(63))
				: 0x20 + (int)roll(95));
	}
	to[length] = 0;
	return to;
}

static int64_t number(void) {
	static const int64_t EDGES[] = {0, 1, -1, -2, INT64_MAX, INT64_MIN, 4294967295, 4294967296,
		9007199254740991, 9007199254740992};
	return roll(3) == 0 ? EDGES[roll(10)] : roll(1000000);
}

static int publish(ai_bridge *b) {
	static char texts[4][80], names[70][70], values[70][2000], longest[60001];
	static const uint8_t PLACES[] = {0, 0, 0, 2, 3, 1};
	ai_bridge_field fields[70];
	ai_bridge_event e = ai_bridge_event_of((int)roll(12), roll(2) == 0 ? number() : 150000, NULL);
	int i;
	e.priority = roll(2) == 0 ? AI_BRIDGE_URGENT : (uint8_t)roll(5);
	e.places = PLACES[roll(6)];
	e.x = (int32_t)number();
	e.y = (int32_t)number();
	e.z = (int32_t)number();
	e.time_ms = (uint64_t)number();
	e.number1 = (uint64_t)number();
	e.number2 = (uint64_t)number();
	e.map = text(texts[0], 70);
	e.text1 = text(texts[1], 70);
	e.text2 = text(texts[2], 70);
	e.player_key = roll(3) == 0 ? text(texts[3], 70) : NULL;
	if (e.type == AI_BRIDGE_CUSTOM) {
		e.text1 = roll(8) == 0 ? e.text1 : "custom_1";
		e.field_count = (int)roll(8) == 0 ? (int)roll(70) : (int)roll(6);
		e.fields = fields;
		for (i = 0; i < e.field_count; i++) {
			snprintf(names[i], sizeof names[i], "f%d", (int)(roll(20) == 0 ? roll(5) : (uint32_t)i));
			fields[i] = ai_bridge_field_of(names[i], (int)roll(5));
			fields[i].integer = number();
			fields[i].real = (double)number() / 7;
			fields[i].text = text(values[i], 2000);
		}
		if (e.field_count > 0 && roll(50) == 0) { /* each byte of it takes six in JSON */
			memset(longest, 1, 60000);
			fields[0] = ai_bridge_text_field("longest", longest);
		}
	}
	return ai_bridge_publish(b, &e);
}

int main(int argc, char **argv) {
	char why[256], path[512];
	ai_bridge_options o = {sizeof o, "random", NULL, NULL, RING, 16, NULL, NULL, NULL};
	ai_bridge *b;
	unsigned char *header;
	long left;
	int file;
	CHECK(argc == 4);
	o.folder = argv[1];
	state = strtoull(argv[2], NULL, 10) * 2654435761u + 1;
	b = ai_bridge_open(&o, why, sizeof why);
	if (b == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	snprintf(path, sizeof path, "%s/events.ring", argv[1]);
	file = open(path, O_RDWR);
	CHECK(file >= 0);
	header = (unsigned char *)mmap(NULL, HEADER + RING + 768, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	CHECK(header != MAP_FAILED);
	for (left = strtol(argv[3], NULL, 10); left > 0;) {
		unsigned char *ring = header + HEADER;
		int64_t head, tail;
		if (publish(b) != AI_BRIDGE_TAKEN) {
			continue;
		}
		left--;
		memcpy(&head, ring + RING + 384, 8);
		memcpy(&tail, ring + RING + 128, 8);
		while (head < tail) {
			const unsigned char *at = ring + head % RING;
			int32_t length, type, i;
			memcpy(&length, at, 4);
			memcpy(&type, at + 4, 4);
			if (type > 0) {
				printf("%d ", (int)type);
				for (i = 8; i < length; i++) {
					printf("%02x", at[i]);
				}
				printf("\n");
			}
			head += (length + 7) & ~7;
		}
		memset(ring, 0, RING);
		memcpy(ring + RING + 384, &head, 8);
	}
	ai_bridge_close(b);
	return 0;
}
