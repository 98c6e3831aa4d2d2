/*
 * The AI bridge for map-servers written in C or C++.
 *
 * The library writes events into a ring in shared memory and takes answers and actions out of
 * another one. The bridge itself, which speaks to the AI service, is a process beside the server:
 * `ai-bridge run`, the companion. docs/ring.md has the rings byte by byte, docs/native.md how to
 * install both.
 *
 * What all functions promise after ai_bridge_open:
 *   - None waits, takes a lock, allocates, or calls the kernel (the clock is read in user space).
 *   - None fails the game: each takes a null bridge, and then does nothing and says
 *     AI_BRIDGE_OFF.
 *   - Texts are bytes in the charset of the options. The companion decodes them.
 *   - ai_bridge_publish and its kin may be called by any thread. All other functions belong to
 *     the one thread that calls ai_bridge_tick: the game thread.
 *
 * Linux, 64-bit, little-endian, glibc. C11 or C++17.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AI_BRIDGE_H
#define AI_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ai_bridge ai_bridge;

/* The kinds of event. The numbers are those of the ring, for ever. */
enum {
	AI_BRIDGE_PLAYER_LOGIN = 0,
	AI_BRIDGE_PLAYER_LOGOUT = 1,
	AI_BRIDGE_NPC_INTERACTION = 2,
	AI_BRIDGE_MONSTER_KILL = 3,
	AI_BRIDGE_MVP_KILL = 4,
	AI_BRIDGE_DAILY_RESET = 5,
	AI_BRIDGE_MAP_CHANGE = 6,
	AI_BRIDGE_ITEM_DROP = 7,
	AI_BRIDGE_QUEST_COMPLETE = 8,
	AI_BRIDGE_TRADE_COMPLETE = 9,
	AI_BRIDGE_CUSTOM = 10
};

/* The priorities. When the ring fills, low events are refused first and urgent ones last. */
enum {
	AI_BRIDGE_LOW = 0,
	AI_BRIDGE_NORMAL = 1,
	AI_BRIDGE_HIGH = 2,
	AI_BRIDGE_URGENT = 3,
	AI_BRIDGE_PRIORITY_OF_TYPE = 255
};

/* Why something was not taken; ai_bridge_reason has a sentence for each. */
enum {
	AI_BRIDGE_TAKEN = 0,
	AI_BRIDGE_OFF = 1,        /* there is no bridge, or the companion says that it is off */
	AI_BRIDGE_RING_FULL = 2,  /* no room left for events of this priority */
	AI_BRIDGE_MALFORMED = 3,  /* a number, a name or a text outside its range */
	AI_BRIDGE_TOO_LARGE = 4,  /* more than AI_BRIDGE_MAX_EVENT, _MAX_TEXT or _MAX_FIELDS */
	AI_BRIDGE_DISK_LOW = 5,   /* the journal's disk is full; the companion says so */
	AI_BRIDGE_UNKNOWN = 6     /* no such action is under way, or not any more: action_timeout is over */
};

enum {
	AI_BRIDGE_NO_PLAYER = -1,
	AI_BRIDGE_MAX_MAP = 64,        /* bytes of a map's name */
	AI_BRIDGE_MAX_NAME = 64,       /* bytes of a key, of a custom event's or a field's name */
	AI_BRIDGE_MAX_FIELDS = 64,     /* fields of a custom event, each with another name */
	AI_BRIDGE_MAX_EVENT = 65536,   /* bytes of an event in the ring */
	AI_BRIDGE_MAX_TEXT = 262144,   /* bytes of a request's url and body, of a result's sentence */
	AI_BRIDGE_MAX_ACTIONS = 1024   /* actions under way at once */
};

/* The kinds of a field's value. */
enum { AI_BRIDGE_INTEGER = 1, AI_BRIDGE_REAL = 2, AI_BRIDGE_TEXT = 3, AI_BRIDGE_BOOLEAN = 4 };

/* One field of a custom event. */
typedef struct {
	const char *name;    /* 1 to 64 letters, digits or '_' */
	uint8_t kind;        /* AI_BRIDGE_INTEGER and so on: which of the next three counts */
	int64_t integer;     /* an integer, or 0 and 1 for a boolean */
	double real;         /* finite */
	const char *text;    /* null is an empty text */
} ai_bridge_field;

/* An event; ai_bridge_event_of fills in the defaults. */
typedef struct {
	uint32_t size;           /* sizeof(ai_bridge_event) */
	uint8_t type;
	uint8_t priority;
	uint8_t places;          /* 0: no place, 2: x and y count, 3: z too */
	int64_t player;          /* the character's id, 0 to 2^32 - 1, or AI_BRIDGE_NO_PLAYER */
	const char *player_key;  /* null, or a name or UUID that stands for the player */
	const char *map;         /* null, or the map's name in ASCII */
	int32_t x, y, z;
	uint64_t time_ms;        /* milliseconds since 1970; 0: now */
	uint64_t number1;        /* 0 to 2^53 - 1: npc, monster, item, quest, partner */
	uint64_t number2;        /* 0 to 2^53 - 1: amount, zeny */
	const char *text1;       /* a name instead of number1; from_map; a custom event's name; else null */
	const char *text2;       /* to_map; else null */
	const ai_bridge_field *fields; /* of a custom event */
	int field_count;
} ai_bridge_event;

typedef struct {
	uint32_t size;              /* sizeof(ai_bridge_options) */
	const char *server_id;      /* [bridge] server_id of the companion: 1 to 64 of A-Z a-z 0-9 . _ - */
	const char *folder;         /* where the rings lie; null: /dev/shm/ai-bridge.UID.SERVER_ID */
	const char *charset;        /* null: UTF-8; else such as windows-874, EUC-KR, GBK, Big5 */
	uint32_t ring_bytes;        /* a power of two from 64 KiB to 1 GiB; 0: 64 MiB */
	uint32_t requests;          /* HTTP requests under way at once, up to 65536; 0: 1024 */
	const char *const *companion; /* null, or the command that starts the companion, null at its end */
	void (*log)(void *context, int level, const char *sentence); /* null: nothing is told */
	void *log_context;
} ai_bridge_options;

/* The levels of the log callback. */
enum { AI_BRIDGE_INFO = 0, AI_BRIDGE_WARNING = 1, AI_BRIDGE_ERROR = 2 };

/* An action that is to be applied now; valid until the handler returns. */
typedef struct {
	uint64_t number;         /* for ai_bridge_result */
	const char *id;          /* the AI service's id of it, for log lines */
	const char *type;        /* spawn_monster and so on, or a custom type */
	const void *fields;      /* for ai_bridge_text and its kin */
	uint32_t field_count;
} ai_bridge_action;

/* What ai_bridge_tick calls. Handlers return normally: no exception, no longjmp. */
typedef struct {
	/* The answer of a request: exactly once each, unless forgotten. Status 0 and an empty body: none
	 * came, for whatever reason. Status -1: it was not asked for, because of the request itself: its
	 * URL, its body, a quota. The body ends with a zero byte that size does not count. */
	void (*answer)(void *context, uint64_t request, int status, const char *body, size_t size);
	/* Applies an action, at most once each, and calls ai_bridge_result now or in a later tick. */
	void (*action)(void *context, const ai_bridge_action *action);
	void *context;
} ai_bridge_handlers;

/* Makes the rings or takes over those of an earlier process, and starts the companion if the
 * options say so. Waits for the disk; call it while the server boots. Returns null if there can be
 * no bridge, with a sentence in why; the game goes on without. Not again in the same process for the
 * same server_id before ai_bridge_close. */
ai_bridge *ai_bridge_open(const ai_bridge_options *options, char *why, size_t why_size);

/* Gives the rings back. What was published stays in the ring for the companion. Waits briefly. */
void ai_bridge_close(ai_bridge *bridge);

/* 1 if a companion has been seen in the last five seconds. */
int ai_bridge_companion_alive(const ai_bridge *bridge);

/* Publishes an event: AI_BRIDGE_TAKEN, and then it is never lost, or why not. */
int ai_bridge_publish(ai_bridge *bridge, const ai_bridge_event *event);

/* Answers, actions and time-outs that are due, for about max_us microseconds; at least one. Call it
 * in each of the server's ticks, from one thread. Returns the number of handlers it has called. */
int ai_bridge_tick(ai_bridge *bridge, const ai_bridge_handlers *handlers, uint32_t max_us);

/* Sends an HTTP request for a script: a path below base_url, or a whole URL that the owner allows.
 * The script's name is for its quota; null for none. Returns the request's number, 0 if not taken. */
uint64_t ai_bridge_http_get(
	ai_bridge *bridge, const char *script, const char *url, uint32_t timeout_ms);
uint64_t ai_bridge_http_post(ai_bridge *bridge, const char *script, const char *url,
	const char *body, size_t size, uint32_t timeout_ms);

/* The script is gone: no handler is called for this request any more. */
void ai_bridge_forget(ai_bridge *bridge, uint64_t request);

/* A field of an action as text: null if there is none. A number is shown in digits. */
const char *ai_bridge_text(const ai_bridge_action *action, const char *field);
/* A field of an action as a whole number; otherwise if there is none. */
int64_t ai_bridge_number(const ai_bridge_action *action, const char *field, int64_t otherwise);

/* How an action ended; once each, and within action_timeout of the configuration: then the companion
 * says that it failed, and its place is free. The sentence goes to the AI service and may be null. On
 * AI_BRIDGE_RING_FULL call it again later. */
int ai_bridge_result(ai_bridge *bridge, uint64_t action, int done, const char *sentence);

/* Asks the companion to read its configuration again; the log callback tells what came of it. */
int ai_bridge_reload(ai_bridge *bridge);

/* Copies the bridge's status as JSON, of the last second, and a zero byte; returns its length, or 0 if there is
 * none or no room. */
size_t ai_bridge_status(const ai_bridge *bridge, char *json, size_t size);

/* A sentence on why something was not taken. */
const char *ai_bridge_reason(int code);

/* An event with all defaults. */
static inline ai_bridge_event ai_bridge_event_of(int type, int64_t player, const char *map) {
	ai_bridge_event e;
	e.size = (uint32_t)sizeof e;
	e.type = (uint8_t)type;
	e.priority = AI_BRIDGE_PRIORITY_OF_TYPE;
	e.places = 0;
	e.player = player;
	e.player_key = 0;
	e.map = map;
	e.x = e.y = e.z = 0;
	e.time_ms = 0;
	e.number1 = e.number2 = 0;
	e.text1 = e.text2 = 0;
	e.fields = 0;
	e.field_count = 0;
	return e;
}

static inline int ai_bridge_player_login(ai_bridge *b, uint32_t player, const char *map) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_PLAYER_LOGIN, player, map);
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_player_logout(ai_bridge *b, uint32_t player, const char *map) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_PLAYER_LOGOUT, player, map);
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_npc_interaction(
	ai_bridge *b, uint32_t player, const char *map, uint64_t npc) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_NPC_INTERACTION, player, map);
	e.number1 = npc;
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_monster_kill(
	ai_bridge *b, uint32_t player, const char *map, uint64_t monster) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MONSTER_KILL, player, map);
	e.number1 = monster;
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_mvp_kill(
	ai_bridge *b, uint32_t player, const char *map, uint64_t monster) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MVP_KILL, player, map);
	e.number1 = monster;
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_daily_reset(ai_bridge *b) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_DAILY_RESET, AI_BRIDGE_NO_PLAYER, 0);
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_map_change(
	ai_bridge *b, uint32_t player, const char *from_map, const char *to_map) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MAP_CHANGE, player, to_map);
	e.text1 = from_map;
	e.text2 = to_map;
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_item_drop(
	ai_bridge *b, uint32_t player, const char *map, uint64_t item, uint64_t amount) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_ITEM_DROP, player, map);
	e.number1 = item;
	e.number2 = amount;
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_quest_complete(
	ai_bridge *b, uint32_t player, const char *map, uint64_t quest) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_QUEST_COMPLETE, player, map);
	e.number1 = quest;
	return ai_bridge_publish(b, &e);
}

static inline int ai_bridge_trade_complete(
	ai_bridge *b, uint32_t player, const char *map, uint64_t partner, uint64_t zeny) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_TRADE_COMPLETE, player, map);
	e.number1 = partner;
	e.number2 = zeny;
	return ai_bridge_publish(b, &e);
}

/* An event of the game's own, with a name of a-z, 0-9 and '_'. */
static inline int ai_bridge_custom(ai_bridge *b, const char *name, int64_t player, const char *map,
	const ai_bridge_field *fields, int count) {
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_CUSTOM, player, map);
	e.text1 = name;
	e.fields = fields;
	e.field_count = count;
	return ai_bridge_publish(b, &e);
}

static inline ai_bridge_field ai_bridge_field_of(const char *name, int kind) {
	ai_bridge_field f;
	f.name = name;
	f.kind = (uint8_t)kind;
	f.integer = 0;
	f.real = 0;
	f.text = 0;
	return f;
}

static inline ai_bridge_field ai_bridge_integer_field(const char *name, int64_t value) {
	ai_bridge_field f = ai_bridge_field_of(name, AI_BRIDGE_INTEGER);
	f.integer = value;
	return f;
}

static inline ai_bridge_field ai_bridge_real_field(const char *name, double value) {
	ai_bridge_field f = ai_bridge_field_of(name, AI_BRIDGE_REAL);
	f.real = value;
	return f;
}

static inline ai_bridge_field ai_bridge_text_field(const char *name, const char *value) {
	ai_bridge_field f = ai_bridge_field_of(name, AI_BRIDGE_TEXT);
	f.text = value;
	return f;
}

static inline ai_bridge_field ai_bridge_boolean_field(const char *name, int value) {
	ai_bridge_field f = ai_bridge_field_of(name, AI_BRIDGE_BOOLEAN);
	f.integer = value != 0;
	return f;
}

#ifdef __cplusplus
}
#endif

#endif
