/*
 * A small map-server: twenty ticks a second, players that walk, fight and trade, scripts that ask the
 * AI service and are suspended meanwhile, and the nine actions. It shows how a server uses the library;
 * the demo and the tests count with what it prints at its end, one JSON object.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "ai_bridge.h"

namespace {

constexpr int TICKS_A_SECOND = 20;
constexpr int64_t TICK_NS = 1000000000 / TICKS_A_SECOND;
constexpr uint32_t BUDGET_US = 2000;
const char *const MAPS[] = {"prontera", "geffen", "payon", "morocc", "prt_fild08"};

volatile sig_atomic_t stopped;

int64_t nanos() {
	timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return int64_t(now.tv_sec) * 1000000000 + now.tv_nsec;
}

/* The same numbers in each run. */
struct Dice {
	uint64_t state = 88172645463325252;
	uint32_t roll(uint32_t below) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		return uint32_t(state >> 33) % below;
	}
};

/* What the server did, for the sums. */
struct Sums {
	std::map<std::string, long> published;
	std::map<std::string, long> refused;
	std::map<std::string, long> actions;
	long actions_failed = 0;
	long asked = 0;
	long answered = 0;
	long unanswered = 0;
	long ticks = 0;
	int64_t longest_tick_ns = 0;

	void print() const {
		std::printf("{");
		print("published", published);
		print("refused", refused);
		print("actions", actions);
		std::printf("\"actions_failed\":%ld,\"asked\":%ld,\"answered\":%ld,\"unanswered\":%ld,\"ticks\":%ld,"
					"\"longest_tick_us\":%lld}\n",
			actions_failed, asked, answered, unanswered, ticks, static_cast<long long>(longest_tick_ns / 1000));
		std::fflush(stdout);
	}

private:
	static void print(const char *name, const std::map<std::string, long> &counts) {
		const char *between = "";
		std::printf("\"%s\":{", name);
		for (const auto &[key, count] : counts) {
			std::printf("%s\"%s\":%ld", between, key.c_str(), count);
			between = ",";
		}
		std::printf("},");
	}
};

/* The world: what actions change. */
struct World {
	std::map<std::string, long> monsters; /* by map */
	std::map<std::string, std::string> npcs; /* name to map */
	std::map<std::string, int> flags;
	std::map<std::string, int64_t> prices;
	std::unordered_map<int64_t, int64_t> zeny; /* by player */
};

/* ---- scripts ---- */

struct Answer {
	int status;
	std::string body;
};

/* A script: it runs on the game thread, and stands still while it waits. */
struct Script {
	struct promise_type {
		Script get_return_object() { return {}; }
		std::suspend_never initial_suspend() noexcept { return {}; }
		std::suspend_never final_suspend() noexcept { return {}; }
		void return_void() {}
		void unhandled_exception() { std::abort(); }
	};
};

class Server;

/* Waits for the answer of a request; an empty one if it was not taken or none came in time. */
struct Request {
	Server &server;
	uint64_t number;
	Answer answer = {};
	std::coroutine_handle<> script = {};

	bool await_ready() const { return number == 0; }
	void await_suspend(std::coroutine_handle<> waiting);
	Answer await_resume() { return answer; }
};

class Server {
public:
	Server(ai_bridge *bridge, int players, int events_a_second, int scripts_a_second)
		: bridge_(bridge), players_(players), events_a_second_(events_a_second), scripts_a_second_(scripts_a_second) {
		for (int i = 0; i < players; i++) {
			player_map_.push_back(i % 5);
			publish("player_login", ai_bridge_player_login(bridge_, id(i), MAPS[i % 5]));
		}
	}

	void tick() {
		const int64_t begin = nanos();
		const ai_bridge_handlers handlers = {on_answer, on_action, this};
		owed_ += double(events_a_second_) / TICKS_A_SECOND;
		for (; owed_ >= 1; owed_--) {
			live();
		}
		for (int i = 0; sums.ticks % TICKS_A_SECOND == 0 && i < scripts_a_second_; i++) {
			talk(*this, dice_.roll(uint32_t(players_)));
		}
		ai_bridge_tick(bridge_, &handlers, BUDGET_US);
		sums.ticks++;
		sums.longest_tick_ns = std::max(sums.longest_tick_ns, nanos() - begin);
	}

	/* All players leave. */
	void close() {
		for (int i = 0; i < players_; i++) {
			publish("player_logout", ai_bridge_player_logout(bridge_, id(i), map_of(i)));
		}
		publish("daily_reset", ai_bridge_daily_reset(bridge_));
	}

	Request get(const char *url) {
		sums.asked++;
		return {*this, ai_bridge_http_get(bridge_, "npc", url, 5000)};
	}

	Sums sums;

private:
	friend struct Request;

	static uint32_t id(int player) { return uint32_t(150000 + player); }

	const char *map_of(int player) const { return MAPS[player_map_[size_t(player)]]; }

	void publish(const char *type, int why) {
		if (why == AI_BRIDGE_TAKEN) {
			sums.published[type]++;
		} else {
			sums.refused[ai_bridge_reason(why)]++;
		}
	}

	/* Something happens to a player. */
	void live() {
		const int player = int(dice_.roll(uint32_t(players_)));
		const uint32_t what = dice_.roll(100);
		if (what < 50) {
			publish("monster_kill", ai_bridge_monster_kill(bridge_, id(player), map_of(player), 1002));
		} else if (what < 65) {
			const char *from = map_of(player);
			player_map_[size_t(player)] = int(dice_.roll(5));
			publish("map_change", ai_bridge_map_change(bridge_, id(player), from, map_of(player)));
		} else if (what < 80) {
			publish("item_drop", ai_bridge_item_drop(bridge_, id(player), map_of(player), 501, 1));
		} else if (what < 90) {
			publish("npc_interaction", ai_bridge_npc_interaction(bridge_, id(player), map_of(player), 110000001));
		} else if (what < 94) {
			publish("trade_complete",
				ai_bridge_trade_complete(bridge_, id(player), map_of(player), id(0), 1000 + dice_.roll(1000)));
		} else if (what < 97) {
			publish("quest_complete", ai_bridge_quest_complete(bridge_, id(player), map_of(player), 60001));
		} else if (what < 98) {
			publish("mvp_kill", ai_bridge_mvp_kill(bridge_, id(player), map_of(player), 1038));
		} else {
			const ai_bridge_field fields[] = {
				ai_bridge_text_field("words", "hello"), ai_bridge_integer_field("level", 99)};
			publish("chat", ai_bridge_custom(bridge_, "chat", id(player), map_of(player), fields, 2));
		}
	}

	/* An NPC asks the AI service what to say, and has words of its own if there is no answer. */
	static Script talk(Server &server, uint32_t) {
		Answer answer = co_await server.get("/api/v1/npc/greeting?npc=Kafra&player=Ann");
		if (answer.status == 200) {
			server.sums.answered++;
		} else {
			server.sums.unanswered++;
		}
	}

	static void on_answer(void *context, uint64_t number, int status, const char *body, size_t size) {
		Server &server = *static_cast<Server *>(context);
		const auto found = server.waiting_.find(number);
		if (found == server.waiting_.end()) {
			std::fprintf(stderr, "an answer that nobody waits for\n");
			std::abort();
		}
		Request *request = found->second;
		server.waiting_.erase(found);
		request->answer = {status, std::string(body, size)};
		request->script.resume();
	}

	static void on_action(void *context, const ai_bridge_action *action) {
		Server &server = *static_cast<Server *>(context);
		std::string why;
		const bool done = server.apply(*action, why);
		if (done) {
			server.sums.actions[action->type]++;
		} else {
			server.sums.actions_failed++;
		}
		ai_bridge_result(server.bridge_, action->number, done, why.c_str());
	}

	static std::string text(const ai_bridge_action &action, const char *name) {
		const char *value = ai_bridge_text(&action, name);
		return value == nullptr ? "" : value;
	}

	static bool is_map(const std::string &name) {
		return std::any_of(std::begin(MAPS), std::end(MAPS), [&](const char *map) { return name == map; });
	}

	bool is_online(const ai_bridge_action &action) const {
		const int64_t player = ai_bridge_number(&action, "player_id", 0);
		return player >= 150000 && player < 150000 + players_;
	}

	bool apply(const ai_bridge_action &action, std::string &why) {
		const std::string type = action.type;
		const std::string map = text(action, "map");
		if (type == "spawn_monster") {
			if (!is_map(map)) {
				why = "no such map";
				return false;
			}
			world_.monsters[map] += ai_bridge_number(&action, "amount", 1);
		} else if (type == "spawn_npc") {
			world_.npcs[text(action, "npc_name")] = map;
		} else if (type == "move_npc") {
			return world_.npcs.count(text(action, "npc_name")) > 0;
		} else if (type == "remove_npc") {
			return world_.npcs.erase(text(action, "npc_name")) > 0;
		} else if (type == "give_reward") {
			if (!is_online(action)) {
				why = "the player is not online";
				return false;
			}
			world_.zeny[ai_bridge_number(&action, "player_id", 0)] += ai_bridge_number(&action, "zeny", 0);
		} else if (type == "create_quest") {
			return is_online(action);
		} else if (type == "set_map_flag") {
			world_.flags[map + "/" + text(action, "flag")] = int(ai_bridge_number(&action, "value", 0));
		} else if (type == "update_economy") {
			world_.prices[text(action, "shop_name")] = ai_bridge_number(&action, "price", -1);
		} else if (type != "broadcast") {
			why = "unknown action type";
			return false;
		}
		return true;
	}

	ai_bridge *bridge_;
	int players_;
	int events_a_second_;
	int scripts_a_second_;
	double owed_ = 0;
	std::vector<int> player_map_;
	std::unordered_map<uint64_t, Request *> waiting_;
	World world_;
	Dice dice_;
};

void Request::await_suspend(std::coroutine_handle<> waiting) {
	script = waiting;
	server.waiting_[number] = this;
}

void log_line(void *, int level, const char *sentence) {
	static const char *const NAMES[] = {"info", "warning", "error"};
	std::fprintf(stderr, "%s: %s\n", NAMES[std::clamp(level, 0, 2)], sentence);
}

int usage() {
	std::fprintf(stderr,
		"usage: map_server [--id ID] [--folder DIR] [--charset NAME] [--players N] [--events N a second]\n"
		"                  [--scripts N at once, each second] [--seconds N] [--work N thousand sums of the world's own, each tick]\n"
		"                  [--ticks FILE for begin and length of each, in ns] [-- COMPANION...]\n");
	return 2;
}

} /* namespace */

int main(int argc, char **argv) {
	ai_bridge_options options = {};
	int players = 500, events = 500, scripts = 1, seconds = 30, work = 0;
	std::FILE *ticks = nullptr;
	int i = 1;
	options.size = sizeof options;
	options.server_id = "map-server";
	options.log = log_line;
	for (; i + 1 < argc && std::strcmp(argv[i], "--") != 0; i += 2) {
		const std::string name = argv[i];
		if (name == "--id") {
			options.server_id = argv[i + 1];
		} else if (name == "--folder") {
			options.folder = argv[i + 1];
		} else if (name == "--charset") {
			options.charset = argv[i + 1];
		} else if (name == "--players") {
			players = std::atoi(argv[i + 1]);
		} else if (name == "--events") {
			events = std::atoi(argv[i + 1]);
		} else if (name == "--scripts") {
			scripts = std::atoi(argv[i + 1]);
		} else if (name == "--seconds") {
			seconds = std::atoi(argv[i + 1]);
		} else if (name == "--work") {
			work = std::atoi(argv[i + 1]);
		} else if (name == "--ticks") {
			ticks = std::fopen(argv[i + 1], "w");
		} else {
			return usage();
		}
	}
	if (players < 1 || events < 0 || scripts < 0 || seconds < 1 || work < 0 || (i < argc && std::strcmp(argv[i], "--") != 0)) {
		return usage();
	}
	if (i + 1 < argc) {
		options.companion = argv + i + 1;
	}
	signal(SIGINT, [](int) { stopped = 1; });
	signal(SIGTERM, [](int) { stopped = 1; });
	char why[256];
	ai_bridge *bridge = ai_bridge_open(&options, why, sizeof why);
	if (bridge == nullptr) {
		std::fprintf(stderr, "no AI bridge, the game goes on without: %s\n", why);
	}
	Server server(bridge, players, events, scripts);
	Dice dice;
	volatile uint32_t world = 0;
	int64_t next = nanos();
	const int64_t end = next + seconds * int64_t(1000000000);
	while (!stopped && next < end) {
		const int64_t begin = nanos();
		server.tick();
		for (int k = 0; k < work * 1000; k++) {
			world = world + dice.roll(7);
		}
		if (ticks != nullptr) {
			std::fprintf(ticks, "%lld %lld\n", static_cast<long long>(begin), static_cast<long long>(nanos() - begin));
		}
		next += TICK_NS;
		const int64_t rest = next - nanos();
		if (rest > 0) {
			const timespec pause = {0, rest};
			nanosleep(&pause, nullptr);
		}
	}
	server.close();
	ai_bridge_close(bridge);
	if (ticks != nullptr) {
		std::fclose(ticks);
	}
	server.sums.print();
	return 0;
}
