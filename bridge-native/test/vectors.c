/*
 * Writes the records of a list of events as lines "name type hex", as they lie in the ring.
 * `vectors DIR` makes the rings in DIR. The Java tests compare them with vectors/ring.txt.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ai_bridge.h"
#include "check.h"

#define TIME_MS 1767225600123u
#define HEADER 4096

static const unsigned char *ring;
static uint32_t position;

static void show(const char *name, int why) {
	int32_t length, type;
	int i;
	if (why != AI_BRIDGE_TAKEN) {
		printf("%s refused %s\n", name, ai_bridge_reason(why));
		return;
	}
	memcpy(&length, ring + position, 4);
	memcpy(&type, ring + position + 4, 4);
	printf("%s %d ", name, (int)type);
	for (i = 8; i < length; i++) {
		printf("%02x", ring[position + (uint32_t)i]);
	}
	printf("\n");
	position += ((uint32_t)length + 7u) & ~7u;
}

static ai_bridge_event event(int type, int64_t player, const char *map) {
	ai_bridge_event e = ai_bridge_event_of(type, player, map);
	e.time_ms = TIME_MS;
	return e;
}

int main(int argc, char **argv) {
	char why[256], path[512];
	ai_bridge_options o = {sizeof o, "vectors", NULL, "windows-874", 65536, 16, NULL, NULL, NULL};
	ai_bridge_field fields[4];
	ai_bridge_event e;
	ai_bridge *b;
	int file;
	CHECK(argc == 2);
	o.folder = argv[1];
	b = ai_bridge_open(&o, why, sizeof why);
	if (b == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	snprintf(path, sizeof path, "%s/events.ring", argv[1]);
	file = open(path, O_RDONLY);
	CHECK(file >= 0);
	ring = (const unsigned char *)mmap(NULL, HEADER + 65536 + 768, PROT_READ, MAP_SHARED, file, 0);
	CHECK(ring != MAP_FAILED);
	ring += HEADER;

	e = event(AI_BRIDGE_PLAYER_LOGIN, 150000, "prontera");
	show("player_login", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_PLAYER_LOGOUT, 0, NULL);
	show("player_logout", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_NPC_INTERACTION, 4294967295, "payon");
	e.number1 = 9007199254740991;
	show("npc_interaction", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_MONSTER_KILL, 150000, "prt_fild08");
	e.number1 = 1002;
	e.places = 2;
	e.x = 120;
	e.y = -7;
	show("monster_kill", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_MVP_KILL, AI_BRIDGE_NO_PLAYER, "moc_pryd06");
	e.player_key = "550e8400-e29b-41d4-a716-446655440000";
	e.text1 = "Osiris";
	e.places = 3;
	e.x = 1;
	e.y = 2;
	e.z = -3;
	show("mvp_kill", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_DAILY_RESET, AI_BRIDGE_NO_PLAYER, NULL);
	e.priority = AI_BRIDGE_LOW;
	show("daily_reset", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_MAP_CHANGE, 150000, "geffen");
	e.text1 = "prontera";
	e.text2 = "geffen";
	show("map_change", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_ITEM_DROP, 150000, "prontera");
	e.text1 = "\xb4\xd2\xba"; /* a sword, in windows-874 */
	e.number2 = 3;
	show("item_drop", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_QUEST_COMPLETE, 150000, "izlude");
	e.number1 = 60001;
	show("quest_complete", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_TRADE_COMPLETE, 150000, "prontera");
	e.number1 = 150001;
	e.number2 = 1000000;
	show("trade_complete", ai_bridge_publish(b, &e));
	fields[0] = ai_bridge_text_field("word", "\xca\xc7\xd1\xca\xb4\xd5 \"x\"");
	fields[1] = ai_bridge_integer_field("level", -99);
	fields[2] = ai_bridge_real_field("share", 0.25);
	fields[3] = ai_bridge_boolean_field("first", 1);
	e = event(AI_BRIDGE_CUSTOM, 150000, "prontera");
	e.text1 = "guild_chat";
	e.fields = fields;
	e.field_count = 4;
	show("custom", ai_bridge_publish(b, &e));
	e.field_count = 0;
	show("custom_empty", ai_bridge_publish(b, &e));
	e.text1 = "Guild";
	show("custom_name", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_PLAYER_LOGIN, 150000, "pron\ttera");
	show("map_with_tab", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_MONSTER_KILL, 150000, NULL);
	e.number1 = UINT64_C(1) << 53;
	show("number_too_large", ai_bridge_publish(b, &e));
	e = event(AI_BRIDGE_PLAYER_LOGIN, -2, NULL);
	show("player_negative", ai_bridge_publish(b, &e));
	ai_bridge_close(b);
	return 0;
}
