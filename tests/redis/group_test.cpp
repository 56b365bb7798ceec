// A consumer group of a real server: what was taken and not acknowledged is never lost.
#include "sluice/redis/group.hpp"

#include "support/catch.hpp"
#include "support/redis_server.hpp"

namespace sluice::redis {
namespace {

std::string add(client& link, const std::string& value) {
  return link.run({"XADD", "plans", "*", "name", value, "two words", "\x01"})->text;
}

std::vector<std::string> values_of(const delivery& d) {
  std::vector<std::string> all;
  for (const auto& e : d.entries)
    all.push_back(e.fields.at(0).second);
  return all;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a group that exists already is used as it is") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto link = server->connect();
  group ours(*link, "plans", "sluice", "one");
  CHECK(ours.read_new(10, milliseconds{1}).error().code == errc::not_found);
  REQUIRE(ours.make("$"));
  add(*link, "a");
  REQUIRE(ours.make("$"));
  const auto got = ours.read_new(10, milliseconds{1}).value();
  CHECK(values_of(got) == texts{"a"});
  CHECK(got.entries[0].fields == stream_fields{{"name", "a"}, {"two words", "\x01"}});
  CHECK(ours.read_new(10, milliseconds{1})->entries.empty());
  CHECK(link->run({"SET", "word", "text"}));
  group wrong(*link, "word", "sluice", "one");
  CHECK(wrong.make("$").error().code == errc::malformed);
  CHECK(wrong.read_new(1, milliseconds{1}).error().text.starts_with("WRONGTYPE"));
}

TEST_CASE("what a consumer did not acknowledge is its own after a restart, in parts") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto link = server->connect();
  group ours(*link, "plans", "sluice", "one");
  REQUIRE(ours.make("0"));
  texts ids;
  for (const auto* v : {"a", "b", "c", "d"})
    ids.push_back(add(*link, v));
  CHECK(ours.read_new(3, milliseconds{1})->entries.size() == 3);
  CHECK(link->run(acknowledge("plans", "sluice", texts{ids[1]}))->number == 1);

  const auto later = server->connect();
  group again(*later, "plans", "sluice", "one");
  const auto first = again.read_own("0", 1).value();
  CHECK(values_of(first) == texts{"a"});
  CHECK(values_of(again.read_own(first.entries[0].id, 10).value()) == texts{"c"});
  CHECK(values_of(again.read_new(10, milliseconds{1}).value()) == texts{"d"});
}

TEST_CASE("what another consumer left lying is taken over, and told when it is gone") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto link = server->connect();
  group dead(*link, "plans", "sluice", "dead");
  REQUIRE(dead.make("0"));
  texts ids;
  for (const auto* v : {"a", "b", "c"})
    ids.push_back(add(*link, v));
  CHECK(dead.read_new(10, milliseconds{1})->entries.size() == 3);

  group ours(*link, "plans", "sluice", "one");
  CHECK(ours.claim(milliseconds{3'600'000}, "0", 10)->what.entries.empty());
  const auto first = ours.claim(milliseconds{0}, "0", 2).value();
  CHECK(values_of(first.what) == texts{"a", "b"});
  CHECK(first.next != "0-0");
  const auto rest = ours.claim(milliseconds{0}, first.next, 2).value();
  CHECK(values_of(rest.what) == texts{"c"});
  CHECK(rest.next == "0-0");

  CHECK(link->run({"XDEL", "plans", ids[0]})->number == 1);
  const auto own = ours.read_own("0", 10).value();
  CHECK(values_of(own) == texts{"b", "c"});
  CHECK(own.gone == texts{ids[0]});
}

TEST_CASE("an entry that is too large is told by its size, and the ids around it stay readable") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto link = server->connect();
  group ours(*link, "plans", "sluice", "one");
  REQUIRE(ours.make("0"));
  command large{"XADD", "plans", "*"};
  for (int i = 0; i < 2 * 50'001; ++i)
    large.emplace_back("f");
  const texts ids{add(*link, "a"), link->run(large)->text, add(*link, "b")};
  CHECK(ours.read_new(10, milliseconds{1}).error().code == errc::out_of_range);

  const auto later = server->connect();
  group again(*later, "plans", "sluice", "one");
  CHECK(again.own_ids("", 10).value() == ids);
  CHECK(again.own_ids(ids[0], 1).value() == texts{ids[1]});
  CHECK(again.own_ids(ids[2], 10)->empty());
  CHECK(values_of(again.read_one(ids[2]).value()) == texts{"b"});
  CHECK(again.read_one("1-1")->gone == texts{"1-1"});
  CHECK(again.read_one(ids[1]).error().code == errc::out_of_range);
  CHECK(again.own_ids("", 1).error().code == errc::io_failure);
  const auto third = server->connect();
  group nobody(*third, "nowhere", "sluice", "one");
  CHECK(nobody.own_ids("", 1).error().code == errc::not_found);
}

TEST_CASE("ids are compared as two numbers, and what is none is earlier than any") {
  CHECK(is_later("10-0", "9-0"));
  CHECK(is_later("9-10", "9-9"));
  CHECK(is_later("18446744073709551615-0", "0"));
  CHECK_FALSE(is_later("9-0", "9-0"));
  CHECK_FALSE(is_later("9-0", "10-0"));
  for (const auto* none : {"", "-", "a-1", "1-a", "99999999999999999999-0", " 1-0", "1-0x"}) {
    CHECK_FALSE(is_later(none, "0"));
    CHECK(is_later("0-1", none));
  }
}

TEST_CASE("the server's clock gives milliseconds") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto link = server->connect();
  const auto now = server_time_ms(*link).value();
  const auto id = add(*link, "a");
  const auto made = std::stoll(id.substr(0, id.find('-')));
  CHECK(made >= now);
  CHECK(made < now + 60'000);
}

TEST_CASE("replies of another shape are refused, not half read") {
  const auto text = [](std::string t) { return reply{reply_kind::text, std::move(t), 0, {}}; };
  const auto array = [](std::vector<reply> items) {
    return reply{reply_kind::array, {}, 0, std::move(items)};
  };
  const auto good = array({text("1-0"), array({text("a"), text("b")})});
  CHECK(entries_of(array({good}))->entries.size() == 1);
  CHECK(entries_of(reply{})->entries.empty());
  CHECK(entries_of(array({reply{}, good}))->entries.size() == 1);
  CHECK(entries_of(array({array({text("1-0"), reply{}})}))->gone == texts{"1-0"});
  for (const auto& bad : {text("a"), array({text("1-0")}), array({array({text("1-0")})}),
                          array({good, array({text("1-0"), array({text("a")})})}),
                          array({array({reply{}, array({})})})})
    CHECK(entries_of(bad).error().code == errc::malformed);
}

}  // namespace sluice::redis
