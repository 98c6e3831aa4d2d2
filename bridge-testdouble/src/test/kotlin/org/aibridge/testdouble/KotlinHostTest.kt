package org.aibridge.testdouble

import java.util.UUID
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import org.aibridge.api.AiBridge
import org.aibridge.api.Position
import org.aibridge.api.action.ActionReply
import org.aibridge.api.action.ActionTarget
import org.aibridge.api.action.CustomAction
import org.aibridge.api.action.GiveReward
import org.aibridge.api.action.MoveNpc
import org.aibridge.api.action.NpcRef
import org.aibridge.api.action.PlayerRef
import org.aibridge.api.action.SpawnMonster
import org.aibridge.api.event.GameEvent
import org.aibridge.api.event.JsonText
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A host in Kotlin whose players have UUIDs, whose places have signs, and whose monsters have names. */
class KotlinHostTest {
  private val bridge = RecordingBridge()
  private val world = World()
  private val ai = AiSide(bridge, world)
  private val anna = UUID.randomUUID()

  @Test
  fun `spawns monsters by name`() {
    val header = bridge.header("spawn_monster")
    val spawn = SpawnMonster(header, "overworld", "minecraft:zombie", Position.at(-12, 64, 7), 2, "")
    assertEquals("applied: 2 minecraft:zombie", bridge.deliver(spawn).toString())
    assertEquals(List(2) { "minecraft:zombie at -12 64 7" }, world.spawned)
  }

  @Test
  fun `says that an NPC has arrived once it has`() {
    val move = MoveNpc(bridge.header("move_npc"), NpcRef("Kafra", 0), Position.at(-1, 70, -2))
    val delivery = bridge.deliver(move)
    assertEquals(Delivery.How.UNDER_WAY, delivery.how())
    world.walks.getValue("Kafra").complete(true)
    assertEquals("applied: Kafra is there", delivery.toString())
  }

  @Test
  fun `gives rewards to players who are here`() {
    world.online += anna
    assertTrue(bridge.deliver(bread(anna)).isApplied)
    assertTrue(bridge.deliver(bread(UUID.randomUUID())).message().startsWith("absent:"))
  }

  private fun bread(player: UUID): GiveReward {
    val to = PlayerRef.ofKey(player.toString())
    return GiveReward(bridge.header("give_reward"), to, "minecraft:bread", 3, 0, 0, 0)
  }

  @Test
  fun `reads the payload of a custom action`() {
    fun weather(json: String) = bridge.deliver(CustomAction(bridge.header("weather"), json)).toString()
    assertEquals("applied: it rains", weather("""{"rain": true}"""))
    assertEquals("failed: rain is neither true nor false", weather("""{"rain": null}"""))
  }

  @Test
  fun `tells who did what and where`() {
    assertTrue(ai.killed(anna, Position.at(-12, 64, 7)))
    assertTrue(ai.opened(anna, 3))
    val (kill, chest) = bridge.published()
    assertEquals(Position.at(-12, 64, 7), kill.position())
    assertEquals(anna.toString(), kill.playerKey())
    assertEquals("""{"level":3,"key":null}""", chest.payload())
  }

  /** Of two functions the compiler takes the one for what may be null only where a type says so. */
  @Test
  fun `sees what may be null`() {
    val event = GameEvent.dailyReset()
    assertTrue(mayBeNull(event.map()))
    assertTrue(mayBeNull(event.playerKey()))
    assertTrue(mayBeNull(event.position()))
    assertTrue(mayBeNull(CustomAction(bridge.header("any"), "{}").payload()["any"]))
    assertFalse(mayBeNull(event.typeName()))
    assertFalse(mayBeNull(bridge.status().problem))
  }

  private fun mayBeNull(@Suppress("unused") value: Any) = false

  @JvmName("mayBeNullAsSaid")
  private fun mayBeNull(@Suppress("unused") value: Any?) = true

  /** That this compiles is the test: no overload is ambiguous, and the targets are all there are. */
  @Test
  fun `collects what a bridge is to know`() {
    val main = Executor(Runnable::run)
    val threads = mapOf("overworld" to main)
    AiBridge.withoutFile()
      .set("bridge.server_id", "kotlin")
      .set("event_dispatcher.batch_size", 10)
      .set("http_pool.keep_alive", true)
      .on(SpawnMonster::class.java) { ActionReply.done() }
      .on(GiveReward::class.java, ai::give)
      .onDead { println("${it.eventId}: ${it.problem}") }
      .identifyPlayers { name -> name.length.toLong() }
      .executors { target ->
        when (target) {
          is ActionTarget.OneMap -> threads[target.map] ?: main
          is ActionTarget.OnePlayer, is ActionTarget.Global -> main
        }
      }
  }

  /** All of the game that has to do with the bridge. */
  private class AiSide(private val bridge: AiBridge, private val world: World) {
    init {
      bridge.onAction(SpawnMonster::class.java) { spawn ->
        repeat(spawn.amount) { world.spawn(spawn.monster, spawn.position) }
        ActionReply.done("${spawn.amount} ${spawn.monster}")
      }
      bridge.onAction(MoveNpc::class.java) { move ->
        val npc = move.npc.name
        ActionReply.later(
          world.walk(npc).thenApply { there ->
            if (there) ActionReply.done("$npc is there") else ActionReply.failed("$npc is lost")
          }
        )
      }
      bridge.onAction(GiveReward::class.java, ::give)
      bridge.onCustomAction("weather") { action ->
        when (action.payload()["rain"]) {
          true -> ActionReply.done("it rains")
          false -> ActionReply.done("it is dry")
          else -> ActionReply.failed("rain is neither true nor false")
        }
      }
      bridge.requireOnline { UUID.fromString(it.key) in world.online }
    }

    fun give(reward: GiveReward): ActionReply =
      if (reward.item.isEmpty()) ActionReply.failed("no item") else ActionReply.done()

    fun killed(killer: UUID, place: Position): Boolean =
      bridge.publish(
        GameEvent.monsterKill(killer.toString(), "overworld", "minecraft:zombie").at(place)
      )

    fun opened(player: UUID, level: Long): Boolean {
      val chest = JsonText().put("level", level).put("key", null).toString()
      return bridge.events().custom("chest", player.toString(), "overworld", chest)
    }
  }

  /** Stands for the game. */
  private class World {
    val spawned = mutableListOf<String>()
    val walks = mutableMapOf<String, CompletableFuture<Boolean>>()
    val online = mutableSetOf<UUID>()

    fun spawn(monster: String, place: Position) {
      spawned += "$monster at ${place.x} ${place.y} ${place.z}"
    }

    fun walk(npc: String) = walks.getOrPut(npc) { CompletableFuture() }
  }
}
