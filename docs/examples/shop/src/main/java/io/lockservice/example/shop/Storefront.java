package io.lockservice.example.shop;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Shows customers what the other services know, whoever of them is there. With {@code ?by=dns} it finds them by DNS alone. */
final class Storefront implements Program {
    private final Calls byName;
    private final Calls byDns;

    Storefront(Calls byName, Calls byDns) {
        this.byName = byName;
        this.byDns = byDns;
    }

    @Override
    public Future<Answer> item(String item, HttpServerRequest request) {
        Calls calls = "dns".equals(request.getParam("by")) ? byDns : byName;
        Future<Answer> price = calls.get("prices", "/items/" + item);
        Future<Answer> stock = calls.get("stock", "/items/" + item);
        return Future.all(price, stock).map(both -> shown(item, price.result(), stock.result()));
    }

    private static Answer shown(String item, Answer price, Answer stock) {
        if (!price.isOk() || !stock.isOk()) {
            return price.isOk() ? stock : price;
        }
        return Answer.ok(new JsonObject()
                .put("item", item)
                .put("cents", price.body().getInteger("cents"))
                .put("pieces", stock.body().getInteger("pieces"))
                .put(
                        "from",
                        new JsonArray()
                                .add(price.body().getString("from"))
                                .add(stock.body().getString("from"))));
    }
}
