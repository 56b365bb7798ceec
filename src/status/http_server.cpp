// The server's frame: listening, admitting connections, watching deadlines, starting and stopping.
#include "sluice/status/http_server.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "http_core.hpp"
#include "http_session.hpp"
#include "tls_transport.hpp"

namespace sluice::status {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// How exactly deadlines are kept.
constexpr milliseconds watch_period{50};
/// After a failed accept, most likely for want of descriptors.
constexpr milliseconds accept_retry{100};
/// The literal address that is listened on is a name of ours as well.
std::vector<std::string> hosts_of(const http_settings& s) {
  auto hosts = s.allowed_hosts;
  if (const auto at = parse_listen_address(s.listen))
    hosts.push_back(at->host.find(':') == std::string::npos ? at->host
                                                            : fmt::format("[{}]", at->host));
  return hosts;
}

/// Connections that are told 503 at the same time; further ones are just closed.
constexpr std::uint64_t refused_at_once_max = 64;

/// Descriptors that no client of ours gets: orders, reads and streams of the exchange come first.
constexpr rlim_t kept_for_exchange = 32;

/// The lowest free number is given out, so a high one says that few are left.
bool is_of_the_last(int descriptor) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         static_cast<rlim_t>(descriptor) + kept_for_exchange >= limit.rlim_cur;
}

}  // namespace

http_core::http_core(http_settings s, request_handler h, metrics* m,
                     std::shared_ptr<tls_identity> tls)
    : settings_(std::move(s)),
      handler_(std::move(h)),
      metrics_(m),
      tls_(std::move(tls)),
      hosts_(hosts_of(settings_)),
      seats_(std::make_shared<reader_seats>(settings_.event_readers_max)) {}

const std::string& http_core::date() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t second = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

result<std::uint16_t> http_core::listen(const listen_address& address) {
  boost::system::error_code failed;
  const tcp::endpoint endpoint{asio::ip::make_address(address.host, failed), address.port};
  if (!failed)
    acceptor_.open(endpoint.protocol(), failed);
  if (!failed)
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, failed);
  if (!failed)
    acceptor_.bind(endpoint, failed);
  if (!failed)
    acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed)
    return acceptor_.local_endpoint().port();
  if (failed == asio::error::address_in_use)
    return fail(errc::busy, fmt::format("{} is taken by another process; stop it or set another "
                                        "address for the status server",
                                        settings_.listen));
  return fail(failed == asio::error::access_denied ? errc::not_permitted : errc::io_failure,
              fmt::format("cannot listen on {}: {}", settings_.listen, failed.message()));
}

void http_core::run() {
  asio::co_spawn(io_, accept(), asio::detached);
  asio::co_spawn(io_, watch(), asio::detached);
}

asio::awaitable<void> http_core::accept() {
  while (!stopping_) {
    boost::system::error_code failed;
    tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (stopping_)
      break;
    if (!failed) {
      admit(std::move(socket));
      continue;
    }
    boost::system::error_code ignored;
    retry_timer_.expires_after(accept_retry);
    co_await retry_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void http_core::admit(tcp::socket socket) {
  ++accepted_;
  if (is_of_the_last(socket.native_handle())) {
    ++refused_total_;
    publish();
    return;
  }
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  const bool full = serving_ >= settings_.connections_max && !make_room();
  if (full)
    ++refused_total_;
  // Saying 503 over TLS would cost a handshake, which whoever floods us could ask for.
  if (full && (tls_ || refusing_ >= refused_at_once_max)) {
    publish();
    return;
  }
  auto wire =
      tls_ ? make_tls_transport(std::move(socket), tls_) : make_plain_transport(std::move(socket));
  std::make_shared<http_session>(*this, std::move(wire),
                                 full ? connection_role::refused : connection_role::serving)
      ->start();
}

/// By how long the present wait lasts, not by when a byte came last: who sends one now and then is
/// no better than who sends none.
bool http_core::make_room() {
  const auto now = std::chrono::steady_clock::now();
  http_session* longest = nullptr;
  for (auto* session : sessions_)
    if (!session->sheddable(now).empty() &&
        (!longest || session->waiting_since() < longest->waiting_since()))
      longest = session;
  if (!longest)
    return false;
  ++shed_;
  if (metrics_)
    metrics_->add(metric::http_connections_shed, {longest->sheddable(now)});
  longest->shed();
  return true;
}

asio::awaitable<void> http_core::watch() {
  while (!stopping_ || !sessions_.empty()) {
    boost::system::error_code ignored;
    watch_timer_.expires_after(watch_period);
    co_await watch_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = std::chrono::steady_clock::now();
    const bool out_of_time = stopping_ && now >= stop_by_;
    for (auto* session : sessions_) {
      if (out_of_time)
        session->abort();
      else
        session->expire(now);
    }
  }
}

void http_core::begin_stop() {
  stopping_ = true;
  stop_by_ = std::chrono::steady_clock::now() + settings_.stop_timeout;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  retry_timer_.cancel();
  watch_timer_.cancel();
  for (auto* session : sessions_)
    session->finish();
}

std::atomic<std::uint64_t>& http_core::count_of(connection_role role) {
  switch (role) {
    case connection_role::serving:
      return serving_;
    case connection_role::reading_events:
      return reading_;
    case connection_role::refused:
      break;
  }
  return refusing_;
}

void http_core::joined(http_session* session, connection_role role) {
  sessions_.insert(session);
  ++count_of(role);
  publish();
}

void http_core::changed_role(connection_role from, connection_role to) {
  --count_of(from);
  ++count_of(to);
  publish();
}

void http_core::left(http_session* session, connection_role role) {
  sessions_.erase(session);
  --count_of(role);
  publish();
  if (stopping_ && sessions_.empty())
    watch_timer_.cancel();
}

void http_core::count_answer(int status) {
  ++requests_;
  if (metrics_)
    metrics_->add(metric::http_requests, {fmt::format_int(status).c_str()});
}

void http_core::publish() {
  if (!metrics_)
    return;
  const http_counts now = counts();
  metrics_->set(metric::http_connections, static_cast<double>(now.connections_open));
  metrics_->set(metric::http_connections_refused, static_cast<double>(now.connections_refused));
  metrics_->set(metric::event_readers, static_cast<double>(now.readers_open));
  metrics_->set(metric::event_readers_dropped, static_cast<double>(now.readers_dropped));
}

http_counts http_core::counts() const {
  http_counts c;
  c.requests = requests_;
  c.connections_accepted = accepted_;
  c.connections_refused = refused_total_;
  c.connections_open = serving_;
  c.connections_shed = shed_;
  c.timeouts = timeouts_;
  c.readers_open = reading_;
  c.readers_dropped = seats_->dropped();
  return c;
}

struct http_server::impl {
  impl(const http_settings& settings, request_handler handler, metrics* counters,
       std::shared_ptr<tls_identity> tls)
      : core(settings, std::move(handler), counters, tls), secure(tls != nullptr) {}

  http_core core;
  bool secure{false};
  listen_address address{};
  std::thread thread{};
};

http_server::http_server(std::unique_ptr<impl> running) : impl_(std::move(running)) {}
http_server::~http_server() {
  stop();
}

result<std::unique_ptr<http_server>> http_server::start(const http_settings& settings,
                                                        request_handler handler, metrics* counters,
                                                        std::shared_ptr<tls_identity> tls) {
  auto address = parse_listen_address(settings.listen);
  if (!address)
    return address.error();
  if (!is_loopback(*address) && !tls)
    return fail(errc::not_permitted, settings.listen + " is reached from elsewhere and needs TLS");
  if (const auto faults = validate(settings); !faults.empty())
    return fail(errc::invalid_value, faults.front().key + ": " + faults.front().text);
  auto running = std::make_unique<impl>(settings, std::move(handler), counters, std::move(tls));
  const auto port = running->core.listen(*address);
  if (!port)
    return port.error();
  running->address = {address->host, *port};
  running->core.run();
  running->thread = std::thread{[core = &running->core] { core->io().run(); }};
  return std::unique_ptr<http_server>{new http_server{std::move(running)}};
}

std::uint16_t http_server::port() const {
  return impl_->address.port;
}

std::string http_server::url() const {
  const auto& [host, port] = impl_->address;
  const auto* scheme = impl_->secure ? "https" : "http";
  return host.find(':') == std::string::npos ? fmt::format("{}://{}:{}", scheme, host, port)
                                             : fmt::format("{}://[{}]:{}", scheme, host, port);
}

http_counts http_server::counts() const {
  return impl_->core.counts();
}

void http_server::stop() {
  if (!impl_->thread.joinable())
    return;
  asio::post(impl_->core.io(), [core = &impl_->core] { core->begin_stop(); });
  impl_->thread.join();
}

}  // namespace sluice::status
