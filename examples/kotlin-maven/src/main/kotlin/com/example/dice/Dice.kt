package com.example.dice

import io.ktor.http.ContentType
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.Application
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.routing
import kotlin.random.Random

/** `/3d6` throws three dice of six sides. */
private val throwOfDice = Regex("""(\d{1,2})d(\d{1,3})""")

fun Application.dice() {
    routing {
        get("/{throw}") {
            val match = throwOfDice.matchEntire(call.parameters["throw"].orEmpty())
            val (count, sides) = match?.destructured?.let { (a, b) -> a.toInt() to b.toInt() } ?: (0 to 0)
            if (count == 0 || sides == 0) {
                call.respondText("ask for /3d6\n", status = HttpStatusCode.BadRequest)
                return@get
            }
            val dice = List(count) { Random.nextInt(1, sides + 1) }
            call.respondText("""{"dice":$dice,"sum":${dice.sum()}}""", ContentType.Application.Json)
        }
    }
}
