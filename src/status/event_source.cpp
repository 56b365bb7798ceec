// One connection that is read until it ends, in short turns so that its caller can end it too.
#include "sluice/status/event_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "client_link.hpp"

namespace sluice::status {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr milliseconds turn{100};
constexpr milliseconds connect_max{2'000};
constexpr std::size_t read_size = 16UL * 1024;
/// Of a refusal.
constexpr std::size_t body_bytes_max = 64UL * 1024;

class reading {
 public:
  reading(client_address at, const target& whom, std::string wanted, const event_hooks& hooks,
          milliseconds silence)
      : wanted_(std::move(wanted)),
        hooks_(hooks),
        silence_(silence),
        link_(io_, std::move(at), whom.ca_file) {
    parser_.body_limit(boost::none);
    parser_.eager(true);
  }

  [[nodiscard]] asio::io_context& io() { return io_; }

  event_end run() {
    deadline_ = steady_clock::now() + connect_max;
    asio::co_spawn(io_, talk(), asio::detached);
    while (!over_) {
      io_.run_for(turn);
      if (over_)
        break;
      if (steady_clock::now() >= deadline_) {
        end("no answer in time");
        break;
      }
      if (hooks_.go_on && !hooks_.go_on()) {
        end_.by_caller = true;
        break;
      }
    }
    const auto result = end_;
    over_ = true;
    link_.close();
    return result;
  }

 private:
  /// What a refusal said stays.
  void end(std::string why) {
    over_ = true;
    if (end_.http_status == 0 || end_.http_status == 200)
      end_.text = std::move(why);
  }

  asio::awaitable<void> talk() {
    auto failed = co_await link_.open();
    if (over_)
      co_return;
    if (!failed.empty()) {
      end(std::move(failed));
      co_return;
    }
    deadline_ = steady_clock::now() + silence_;
    const std::array<asio::const_buffer, 2> parts{asio::buffer(wanted_), asio::const_buffer{}};
    const auto unsent = co_await link_.wire().write(parts);
    if (unsent)
      end(unsent.message());
    while (!over_)
      co_await read();
  }

  asio::awaitable<void> read() {
    const auto kept = in_.size();
    in_.resize(kept + read_size);
    const auto got = co_await link_.wire().read_some(asio::buffer(in_.data() + kept, read_size));
    in_.resize(kept + got.size);
    if (over_)
      co_return;
    deadline_ = steady_clock::now() + silence_;
    parse();
    if (over_ || !got.failed)
      co_return;
    end(got.failed == asio::error::eof ? "the other side ended it" : got.failed.message());
  }

  void parse() {
    error_code wrong;
    while (!in_.empty() && !parser_.is_done() && !wrong) {
      const auto used = parser_.put(asio::buffer(in_), wrong);
      in_.erase(0, used);
      if (used == 0)
        break;
    }
    if (wrong && wrong != http::error::need_more)
      return end(wrong.message());
    if (!parser_.is_header_done())
      return;
    end_.http_status = static_cast<int>(parser_.get().result_int());
    arrived(std::exchange(parser_.get().body(), {}));
    if (parser_.is_done())
      over_ = true;
  }

  void arrived(std::string_view bytes) {
    if (bytes.empty())
      return;
    if (end_.http_status != 200) {
      end_.text.append(
          bytes.substr(0, body_bytes_max - std::min(body_bytes_max, end_.text.size())));
      return;
    }
    std::vector<source_event> events;
    if (!events_.feed(bytes, events))
      return end("an event is too long");
    if (!events.empty() && !hooks_.take(events)) {
      over_ = true;
      end_.by_caller = true;
    }
  }

  std::string wanted_;
  const event_hooks& hooks_;
  milliseconds silence_;
  asio::io_context io_{1};
  client_link link_;
  http::response_parser<http::string_body> parser_{};
  std::string in_{};
  event_parser events_{};
  event_end end_{};
  steady_clock::time_point deadline_{};
  bool over_{false};
};

}  // namespace

bool event_parser::feed(std::string_view bytes, std::vector<source_event>& out) {
  for (const char c : bytes) {
    const bool second_half = after_return_ && c == '\n';
    after_return_ = c == '\r';
    if (second_half)
      continue;
    if (c != '\n' && c != '\r') {
      rest_ += c;
      continue;
    }
    line(rest_, out);
    rest_.clear();
  }
  return rest_.size() <= event_bytes_max && data_.size() <= event_bytes_max;
}

void event_parser::line(std::string_view text, std::vector<source_event>& out) {
  if (text.empty()) {
    if (has_data_)
      out.push_back({id_, name_.empty() ? "message" : name_, data_});
    name_.clear();
    data_.clear();
    has_data_ = false;
    return;
  }
  const auto colon = text.find(':');
  const auto field = text.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (value.starts_with(' '))
    value.remove_prefix(1);
  if (field == "data") {
    data_ += has_data_ ? "\n" : "";
    data_ += value;
    has_data_ = true;
  } else if (field == "event") {
    name_ = value;
  } else if (field == "id") {
    id_ = value;
  }
}

result<event_end> follow_events(const event_wish& wish, const event_hooks& hooks,
                                milliseconds silence_max) {
  auto at = parse_client_url(wish.whom.url);
  if (!at)
    return at.error();
  auto wanted = request_head("GET", wish.path, *at, wish.whom.token);
  wanted += "Accept: text/event-stream\r\n";
  if (!wish.last_event_id.empty())
    wanted += "Last-Event-ID: " + wish.last_event_id + "\r\n";
  wanted += "\r\n";
  auto one =
      std::make_shared<reading>(std::move(*at), wish.whom, std::move(wanted), hooks, silence_max);
  auto ended = one->run();
  auto& io = one->io();
  let_go(std::move(one), io);
  return ended;
}

}  // namespace sluice::status
