// Nothing that the client says to anybody but the venue holds a key, a signature or a listenKey,
// not even where the venue quotes them back.
#include <type_traits>

#include "sluice/exchange/classify.hpp"
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;
using exchange::quotable;

namespace {

const std::string listen_key = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1";
const std::string api_key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
const std::string api_secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

/// Everything said by a client, for the search.
class told {
 public:
  void add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_ += std::string(text) + "\n";
    ++lines_;
  }
  std::string all() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  std::size_t lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_{};
  std::string text_{};
  std::size_t lines_{0};
};

/// An error document that quotes the whole request.
act quoting(int status, int code) {
  return [=](imposter_connection& c, const seen_request& r) {
    std::string head;
    for (const char byte : r.head)
      head += byte < ' ' || byte == '"' || byte == '\\' ? ' ' : byte;
    c.reply(status, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + head + " " + listen_key +
                        R"("})");
  };
}

template <class T>
std::function<void(read_result<T>)> noting(const std::shared_ptr<told>& into) {
  return [into](const read_result<T>& read) { into->add(read ? "read" : read.error().text); };
}

template <class Outcome>
std::function<void(Outcome)> noting_change(const std::shared_ptr<told>& into) {
  return [into](const Outcome& outcome) {
    if (const auto* refused = std::get_if<order_refused>(&outcome))
      into->add(refused->text);
    else if (const auto* doubt = std::get_if<order_uncertain>(&outcome))
      into->add(doubt->text);
    else
      into->add("done");
  };
}

void ask_everything(exchange_port& client, const std::shared_ptr<told>& into) {
  const symbol eth("ETHUSDT");
  const client_order_id id("slc-1");
  const auto time = milliseconds(3'000);
  const auto options = within(3'000);
  client.read_account(options, noting<snapshot>(into));
  client.read_symbol(eth, options, noting<snapshot>(into));
  client.read_universe(options, noting<universe>(into));
  client.read_settings(options, noting<account_settings>(into));
  client.read_clock(options, noting<clock_offset>(into));
  client.read_order(eth, id, options, noting<order_report>(into));
  client.read_fills(eth, 7, options, noting<std::vector<fill>>(into));
  client.read_conditional(id, options, noting<conditional_report>(into));
  client.read_open_orders(eth, options, noting<std::vector<order_report>>(into));
  client.read_open_conditionals(eth, options, noting<std::vector<conditional_report>>(into));
  client.read_symbol_settings(eth, options, noting<std::vector<symbol_settings>>(into));
  client.read_leverage_brackets(eth, options, noting<std::vector<leverage_ladder>>(into));
  client.read_premiums(eth, options, noting<std::vector<premium>>(into));
  client.read_balance(options, noting<std::vector<asset_balance>>(into));
  client.read_margin(options, noting<margin_summary>(into));
  client.read_order_limits(options, noting<std::vector<venue_limit>>(into));
  client.place_order({id, eth, position_side::both, side::sell, quantity::whole(1), true}, time,
                     noting_change<order_outcome>(into));
  client.cancel_order(eth, id, time, noting_change<order_outcome>(into));
  client.cancel_all(eth, time, noting_change<change_outcome<symbol_cleared>>(into));
  client.cancel_all_conditionals(eth, time, noting_change<change_outcome<symbol_cleared>>(into));
  client.arm_countdown(eth, milliseconds(60'000), time,
                       noting_change<change_outcome<countdown_armed>>(into));
  client.cancel_conditional(id, time, noting_change<change_outcome<conditional_cancelled>>(into));
}
constexpr std::size_t calls = 22;

void open_streams(exchange_port& client, const std::shared_ptr<told>& into) {
  client.open_user_stream([into](const std::vector<user_event>& events) {
    for (const auto& event : events) {
      if (const auto* closed = std::get_if<stream_closed>(&event.body))
        into->add(closed->reason);
      else if (const auto* ignored = std::get_if<ignored_event>(&event.body))
        into->add(ignored->type);
    }
  });
  client.open_mark_stream([into](const mark_batch& batch) { into->add(batch.reason); });
}

std::unique_ptr<exchange_port> talkative_client(const imposter& venue,
                                                const std::shared_ptr<told>& into) {
  exchange::extras more;
  more.ca_pem = venue.ca_pem();
  more.observer = [into](exchange::log_level, std::string_view event, std::string_view text) {
    into->add(std::string(event) + " " + std::string(text));
  };
  auto chosen = settings_for(venue);
  chosen.listen_key_keep_alive = milliseconds(100);
  auto made = exchange::make_client(
      chosen, {exchange::secret(std::string(api_key)), exchange::secret(std::string(api_secret))},
      std::move(more));
  REQUIRE(made.has_value());
  return std::move(*made);
}

void check_silent(told& all, imposter& venue) {
  const auto text = all.all();
  for (const auto& hidden : {listen_key, api_key, api_secret}) {
    CHECK(text.find(hidden) == std::string::npos);
    CHECK(text.find(hidden.substr(8, 24)) == std::string::npos);
  }
  std::size_t signed_requests = 0;
  for (const auto& request : venue.requests("")) {
    const auto at = request.target.find("signature=");
    if (at == std::string::npos)
      continue;
    ++signed_requests;
    CHECK(text.find(request.target.substr(at + 10, 40)) == std::string::npos);
  }
  CHECK(signed_requests > 0);
}

}  // namespace

TEST_CASE("no secret stands in any error, reason or log line, whatever the venue quotes") {
  const std::pair<const char*, act> rows[] = {
      {"a refusal", quoting(400, -1102)},
      {"a bad key", quoting(401, -2015)},
      {"a refused timestamp", quoting(400, -1021)},
      {"doubt", quoting(503, -1000)},
      {"a page", [](imposter_connection& c, const seen_request& r) { c.reply(502, r.head); }},
      {"another document",
       [](imposter_connection& c, const seen_request& r) {
         c.reply(200,
                 R"({"listenKey":7,")" + r.target.substr(0, 20) + R"(":")" + listen_key + R"("})");
       }},
      {"no document",
       [](imposter_connection& c, const seen_request& r) { c.reply(200, r.target); }},
      {"a status of no meaning",
       [](imposter_connection& c, const seen_request& r) {
         c.write("HTTP/1.1 " + r.target + "\r\n\r\n");
       }},
      {"the end", hang_up_after_request()},
  };
  for (const auto& [name, answer] : rows) {
    INFO(name);
    imposter venue;
    for (const char* method : {"GET", "POST", "PUT", "DELETE"})
      venue.when(method, {answer});
    const auto all = std::make_shared<told>();
    const auto client = talkative_client(venue, all);
    ask_everything(*client, all);
    open_streams(*client, all);
    wait_until([&] { return all->lines() >= calls + 2; });
    client->close();
    check_silent(*all, venue);
  }
}

TEST_CASE("no listenKey stands in anything a stream says, however it ends") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, "[]")});
  venue.when("POST /fapi/v1/listenKey",
             {reply_with(200, R"({"listenKey":")" + listen_key + R"("})")});
  venue.when("PUT /fapi/v1/listenKey", {quoting(400, -1125), quoting(503, -1)});
  const auto all = std::make_shared<told>();
  const auto client = talkative_client(venue, all);
  answers<read_result<snapshot>> account;
  client->read_account(within(5'000), account.taker());
  account.wait();
  open_streams(*client, all);
  const std::string frames[] = {
      R"({"e":")" + listen_key + R"(","E":1})",
      R"({"e":"ACCOUNT_UPDATE",")" + listen_key + R"(":1})",
      R"({"e":"listenKeyExpired","E":1,"listenKey":")" + listen_key + R"("})", listen_key};
  std::size_t n = 0;
  for (const auto& frame : frames) {
    const auto stream = venue.stream("/private/ws/" + listen_key, ++n);
    REQUIRE(stream);
    stream->push(frame);
    if (frame == frames[0])
      stream->drop();
  }
  venue.decline_streams(quoting(400, -1125));
  const auto before = all->lines();
  wait_until([&] { return all->lines() > before; });
  wait_until([&] { return all->all().find("***") != std::string::npos; });
  client->close();
  check_silent(*all, venue);
}

TEST_CASE("words of the venue are told without keys, unprintable bytes and length") {
  CHECK(quotable("Margin is insufficient.") == "Margin is insufficient.");
  CHECK(quotable("") == "");
  CHECK(quotable("key " + listen_key + " is gone") == "key *** is gone");
  CHECK(quotable("?listenKey=" + listen_key) == "?***");
  CHECK(quotable(std::string(31, 'a')) == std::string(31, 'a'));
  CHECK(quotable(std::string(32, 'a')) == "***");
  CHECK(quotable("a\r\nb\x1b\xff") == "a  b  ");
  std::string words;
  for (int i = 0; i < 100; ++i)
    words += "word and ";
  CHECK(quotable(words) == words.substr(0, 300) + "...");
  CHECK(quotable(words.substr(0, 300)) == words.substr(0, 300));
}

TEST_CASE("what holds a key cannot be copied and so reaches no message by accident") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<exchange::secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<exchange::secret, std::string>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<exchange::secret, std::string_view>);
  CHECK(exchange::joined_secret({"a", "", "bc"}).reveal() == "abc");
  CHECK(exchange::joined_secret({}).empty());
}
