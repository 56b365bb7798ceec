// One connection that is read until it ends, in short turns so that its caller can end it too.
#include "sluice/status/event_source.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "client_address.hpp"

namespace sluice::status {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr milliseconds turn{100};
constexpr milliseconds connect_max{2'000};
/// Of a refusal.
constexpr std::size_t body_bytes_max = 64UL * 1024;

class reading {
 public:
  reading(http::request<http::empty_body> wanted, const event_hooks& hooks, milliseconds silence)
      : wanted_(std::move(wanted)), hooks_(hooks), silence_(silence) {
    parser_.body_limit(boost::none);
  }

  event_end run(const asio::ip::tcp::endpoint& to) {
    stream_.expires_after(connect_max);
    stream_.async_connect(to, [this](error_code e) {
      if (!ended(e))
        ask();
    });
    while (!over_) {
      io_.run_for(turn);
      if (!over_ && hooks_.go_on && !hooks_.go_on()) {
        end_.by_caller = true;
        break;
      }
    }
    error_code ignored;
    stream_.socket().close(ignored);
    return std::move(end_);
  }

 private:
  bool ended(error_code e) {
    if (!e)
      return false;
    over_ = true;
    if (end_.http_status == 0 || end_.http_status == 200)
      end_.text = e == beast::error::timeout        ? "no answer in time"
                  : e == http::error::end_of_stream ? "the other side ended it"
                                                    : e.message();
    return true;
  }

  void ask() {
    stream_.expires_after(silence_);
    http::async_write(stream_, wanted_, [this](error_code e, std::size_t) {
      if (ended(e))
        return;
      http::async_read_header(stream_, buffer_, parser_, [this](error_code got, std::size_t) {
        if (ended(got))
          return;
        end_.http_status = static_cast<int>(parser_.get().result_int());
        read();
      });
    });
  }

  void read() {
    if (parser_.is_done()) {
      over_ = true;
      return;
    }
    stream_.expires_after(silence_);
    auto& body = parser_.get().body();
    body.data = block_.data();
    body.size = block_.size();
    http::async_read_some(stream_, buffer_, parser_, [this](error_code e, std::size_t) {
      arrived({block_.data(), block_.size() - parser_.get().body().size});
      if (e == http::error::need_buffer)
        e = {};
      if (!over_ && !ended(e))
        read();
    });
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
    if (!events_.feed(bytes, events)) {
      over_ = true;
      end_.text = "an event is too long";
      return;
    }
    if (!events.empty() && !hooks_.take(events)) {
      over_ = true;
      end_.by_caller = true;
    }
  }

  http::request<http::empty_body> wanted_;
  const event_hooks& hooks_;
  milliseconds silence_;
  asio::io_context io_{1};
  beast::tcp_stream stream_{io_};
  beast::flat_buffer buffer_{64UL * 1024};
  http::response_parser<http::buffer_body> parser_{};
  std::array<char, 16UL * 1024> block_{};
  event_parser events_{};
  event_end end_{};
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
  const auto address = client_address(wish.url);
  if (!address)
    return address.error();
  http::request<http::empty_body> wanted{http::verb::get, wish.path, 11};
  wanted.set(http::field::host, host_field(*address));
  wanted.set(http::field::accept, "text/event-stream");
  if (!wish.last_event_id.empty())
    wanted.set("Last-Event-ID", wish.last_event_id);
  reading one{std::move(wanted), hooks, silence_max};
  return one.run({asio::ip::make_address(address->host), address->port});
}

}  // namespace sluice::status
