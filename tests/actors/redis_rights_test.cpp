// A Redis user without all rights: what is missing is named, and reading goes on.
#include "redis_rights.hpp"

#include <algorithm>
#include <set>
#include <stop_token>

#include "redis/support/redis_server.hpp"
#include "redis_jobs.hpp"
#include "redis_reader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::redis;

namespace {

using texts = std::vector<std::string>;

settings all_written() {
  settings s;
  s.write_permits = true;
  s.write_snapshots = true;
  return s;
}

/// As a user who may do `rights`.
std::unique_ptr<client> connect_as(const redis_server& server, const texts& rights) {
  command made{"ACL", "SETUSER", "plans", "reset", "on", ">word"};
  made.insert(made.end(), rights.begin(), rights.end());
  REQUIRE(server.connect()->run(made)->text == "OK");
  auto o = server.options();
  o.username = "plans";
  o.password = "word";
  return client::connect(o).value();
}

texts denied_to(const redis_server& server, const texts& rights, const settings& s) {
  return denied_commands(*connect_as(server, rights), s).value();
}

/// What a reader delivers until it fails, or until this entry has come.
struct reading {
  std::shared_ptr<redis_outbox> outbox{std::make_shared<redis_outbox>()};
  std::stop_source stop{};
  texts ids{};

  error run(client& link, reader_memory& memory, const std::string& until) {
    redis_link_options options;
    options.settings.block = milliseconds{10};
    options.outbox = outbox;
    options.tell.delivered = [&](const stream_delivered& d) {
      for (const auto& e : d.batch->entries)
        ids.push_back(e.id);
      outbox->grant();
      if (std::ranges::count(ids, until) > 0)
        stop.request_stop();
    };
    const auto token = stop.get_token();
    return stream_reader(options, link, token, memory).run([] {}, [] {});
  }
};

}  // namespace

TEST_CASE("what a user may not do is named by its command, and nothing of it is carried out") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto s = all_written();
  CHECK(denied_to(*server, {"~*", "+@all"}, s).empty());
  CHECK(denied_to(*server, {"~*", "+@all", "-xpending", "-xrange"}, s) ==
        texts{"XPENDING", "XRANGE"});
  // A key may be refused as well as a command.
  CHECK(denied_to(*server, {"~quantum:stream:*", "+@all"}, s) ==
        texts{"SET", "HSET", "HDEL", "PEXPIRE"});
  CHECK(denied_to(*server, {"~quantum:stream:*", "+@all"}, settings{}).empty());
  // Without MULTI they would be carried out, so that nothing else is asked.
  CHECK(denied_to(*server, {"~*", "+@all", "-multi", "-xrange"}, s) == texts{"MULTI"});
  CHECK(denied_to(*server, {"~*", "+@all", "-exec"}, s) == texts{"EXEC"});
  CHECK(server->connect()->run({"DBSIZE"})->number == 0);
}

TEST_CASE("the commands that the README names are enough") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  CHECK(denied_to(*server,
                  {"~quantum:*", "+ping", "+time", "+multi", "+exec", "+select", "+xgroup",
                   "+xreadgroup", "+xautoclaim", "+xpending", "+xrange", "+xack", "+xadd", "+set",
                   "+hset", "+hdel", "+pexpire"},
                  all_written())
            .empty());
}

TEST_CASE("a server that is short of memory is not taken for one that gives no rights") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  REQUIRE(server->connect()->run({"CONFIG", "SET", "maxmemory", "1"})->text == "OK");
  CHECK(denied_to(*server, {"~*", "+@all"}, all_written()).empty());
}

TEST_CASE("after a failed read a user who may not ask for ids reads on all the same") {
  for (const auto* right : {"-xpending", "-xrange"}) {
    const auto server = redis_server::start();
    if (!server) {
      WARN("skipped: redis-server is not installed");
      return;
    }
    const auto admin = server->connect();
    const settings s;
    group before(*admin, s.stream, s.group, s.consumer);
    REQUIRE(before.make("0"));
    texts added;
    for (int i = 0; i < 3; ++i)
      added.push_back(admin->run({"XADD", s.stream, "*", "name", "value"})->text);
    REQUIRE(before.read_new(2, milliseconds{1})->entries.size() == 2);
    reader_memory memory;
    memory.one_by_one = true;
    memory.count = 1;
    reading r;
    const auto link = connect_as(*server, {"~*", "+@all", right});
    CHECK(r.run(*link, memory, added.back()).text == "ending");
    // One that was read before the right was missed is delivered again, and recognised.
    const std::set<std::string> once(r.ids.begin(), r.ids.end());
    CHECK(once == std::set<std::string>(added.begin(), added.end()));
  }
}

TEST_CASE("without the right to ask for ids an entry that is too large holds up no new ones") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto admin = server->connect();
  const settings s;
  group before(*admin, s.stream, s.group, s.consumer);
  REQUIRE(before.make("0"));
  command large{"XADD", s.stream, "*"};
  large.resize(3 + 2 * 50'001, "f");
  const command small{"XADD", s.stream, "*", "name", "value"};
  const auto first = admin->run(small)->text;
  REQUIRE(admin->run(large));
  const auto behind = admin->run(small)->text;
  const command taken{"XREADGROUP", "GROUP",   s.group,  s.consumer, "COUNT",
                      "3",          "STREAMS", s.stream, ">"};
  CHECK_FALSE(server->connect()->run(taken));
  REQUIRE(admin->run(large));
  const auto fresh = admin->run(small)->text;
  reader_memory memory;
  texts ids;
  const auto connect_and_read = [&](const char* right, const std::string& until) {
    for (int i = 0; i < 8 && std::ranges::count(ids, until) == 0; ++i) {
      reading r;
      const auto link = connect_as(*server, {"~*", "+@all", right});
      static_cast<void>(r.run(*link, memory, until));
      ids.insert(ids.end(), r.ids.begin(), r.ids.end());
    }
  };
  connect_and_read("-xpending", fresh);
  CHECK(std::ranges::count(ids, first) > 0);
  CHECK(std::ranges::count(ids, behind) == 0);
  CHECK(std::ranges::count(ids, fresh) == 1);
  // With the right, what was held up comes as well.
  memory.one_by_one = true;
  connect_and_read("+xpending", behind);
  CHECK(std::ranges::count(ids, behind) > 0);
  CHECK_FALSE(memory.held_up);
}

TEST_CASE("a command that the rights refuse is told apart from one that the server cannot do") {
  const auto server = redis_server::start();
  if (!server) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  const auto link = connect_as(*server, {"~*", "+@all", "-xpending"});
  group ours(*link, "plans", "sluice", "one");
  REQUIRE(ours.make("0"));
  CHECK(ours.own_ids("", 1).error().code == errc::not_permitted);
  CHECK(ours.read_one("nonsense").error().code == errc::malformed);
}

TEST_CASE("a refusal is kept, told and acknowledged by the commands of one job") {
  settings s;
  refused_entry r{{"1-0", {{"plan_id", "c-1"}}},
                  {upstream_fault::no_position, "held is 0", plan_id{"c-1"}, symbol{"BTCUSDT"}},
                  true};
  const auto names = [](const std::vector<command>& commands) {
    texts all;
    for (const auto& c : commands)
      all.push_back(c.front());
    return all;
  };
  const auto told = refusal_commands(s, r, wall_time{}, milliseconds{60'000});
  CHECK(names(told) == texts{"XADD", "SET", "XACK"});
  CHECK(told[1][1] == "quantum:permit:p33:c-1");
  CHECK(told[1].back() == "60");
  CHECK(told[2].back() == "1-0");
  // Its id may be another plan's.
  CHECK(names(refusal_commands(s, r, wall_time{}, milliseconds{0})) == texts{"XADD", "XACK"});
}
