// The imposter over blocking sockets and OpenSSL: one thread a connection, nothing shared with the
// client.
#include "imposter.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

namespace sluice::test {
namespace {

std::string base64(const unsigned char* bytes, int size) {
  std::string text(static_cast<std::size_t>(4 * ((size + 2) / 3) + 1), '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, size);
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string header_of(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos)
    return {};
  const auto start = at + name.size() + 4;
  return head.substr(start, head.find("\r\n", start) - start);
}

/// RFC 6455 section 4.2.2.
std::string accept_key(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return base64(digest, SHA_DIGEST_LENGTH);
}

std::string text_frame(const std::string& text) {
  std::string frame(1, '\x81');
  if (text.size() < 126) {
    frame += static_cast<char>(text.size());
  } else if (text.size() > 0xffff) {
    frame += static_cast<char>(127);
    for (int shift = 56; shift >= 0; shift -= 8)
      frame += static_cast<char>((text.size() >> static_cast<unsigned>(shift)) & 255U);
  } else {
    frame += static_cast<char>(126);
    frame += static_cast<char>(text.size() >> 8U);
    frame += static_cast<char>(text.size() & 255U);
  }
  return frame + text;
}

/// The head of one request; empty at the end of the connection. Bodies are never sent to us.
std::string read_head(SSL* tls) {
  std::string head;
  char byte = 0;
  while (head.find("\r\n\r\n") == std::string::npos) {
    if (SSL_read(tls, &byte, 1) != 1)
      return {};
    head += byte;
  }
  return head;
}

/// Says nothing until the other side, or the imposter, has gone.
void hear_to_the_end(int descriptor, imposter_connection& connection) {
  char byte = 0;
  while (::recv(descriptor, &byte, 1, 0) > 0) {
  }
  connection.hang_up();
}

}  // namespace

void imposter_connection::write(const std::string& bytes) {
  if (open_ && SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) <= 0)
    open_ = false;
}

void imposter_connection::reply(int status, const std::string& body, const std::string& headers) {
  write("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" +
        headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void imposter_connection::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  open_ = false;
}

void imposter_connection::hang_up() {
  open_ = false;
}

act reply_with(int status, std::string body, std::string headers) {
  return [=](imposter_connection& c, const seen_request&) { c.reply(status, body, headers); };
}

act reply_in_chunks(std::string body) {
  return [=](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0; at < body.size(); at += 7) {
      const auto part = body.substr(at, 7);
      c.write("0" + std::to_string(part.size()) + "\r\n" + part + "\r\n");
    }
    c.write("0\r\n\r\n");
  };
}

void imposter_stream::push(const std::string& text) {
  push(std::vector<std::string>{text});
}

void imposter_stream::push(const std::vector<std::string>& texts) {
  std::string frames;
  for (const auto& text : texts)
    frames += text_frame(text);
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(frames));
  changed_.notify_all();
}

void imposter_stream::drop() {
  const std::lock_guard lock(mutex_);
  dropped_ = true;
  changed_.notify_all();
}

imposter::imposter(const std::string& certified_for, tls_flaw flaw, const listening_place& at) {
  std::signal(SIGPIPE, SIG_IGN);
  make_certificate(certified_for, flaw);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(at.port));
  ::inet_pton(AF_INET, at.address.c_str(), &address.sin_addr);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("the imposter cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

imposter::~imposter() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int descriptor : descriptors_)
      ::shutdown(descriptor, SHUT_RDWR);
    for (auto& [target, stream] : streams_)
      stream->drop();
  }
  for (auto& thread : threads_)
    thread.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

std::string imposter::rest_url() const {
  return "https://127.0.0.1:" + std::to_string(port_);
}
std::string imposter::stream_url() const {
  return "wss://127.0.0.1:" + std::to_string(port_);
}

void imposter::when(const std::string& start, std::vector<act> acts) {
  const std::lock_guard lock(mutex_);
  acts_[start] = {acts.begin(), acts.end()};
}

void imposter::decline_streams(act answer) {
  const std::lock_guard lock(mutex_);
  declines_ = std::move(answer);
}

void imposter::wait_to_go_on() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(10), [&] { return going_on_ || stopping_; });
}

void imposter::go_on() {
  const std::lock_guard lock(mutex_);
  going_on_ = true;
  changed_.notify_all();
}

std::vector<seen_request> imposter::requests(const std::string& start) {
  const std::lock_guard lock(mutex_);
  std::vector<seen_request> found;
  for (const auto& one : seen_)
    if ((one.method + " " + one.target).starts_with(start))
      found.push_back(one);
  return found;
}

std::shared_ptr<imposter_stream> imposter::stream(const std::string& start, std::size_t n) {
  std::unique_lock lock(mutex_);
  std::shared_ptr<imposter_stream> found;
  changed_.wait_for(lock, std::chrono::seconds(5), [&] {
    std::size_t count = 0;
    for (const auto& [target, stream] : streams_)
      if (target.starts_with(start) && ++count == n)
        found = stream;
    return found != nullptr;
  });
  return found;
}

void imposter::accept_all() {
  while (!stopping_) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0)
      continue;
    const int number = ++accepted_;
    const int at_once = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    const std::lock_guard lock(mutex_);
    descriptors_.push_back(descriptor);
    threads_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
  }
}

void imposter::serve(int descriptor, int number) {
  SSL* tls = SSL_new(context_);
  imposter_connection connection(descriptor, tls);
  SSL_set_fd(tls, descriptor);
  if (resets_ > 0 && resets_-- > 0)
    connection.reset();
  else if (hangs_)
    hear_to_the_end(descriptor, connection);
  else if (SSL_accept(tls) != 1)
    connection.hang_up();
  else if (SSL_session_reused(tls) == 1)
    ++resumed_;
  while (connection.open() && !stopping_) {
    const auto head = read_head(tls);
    if (head.empty())
      break;
    const auto first = head.find(' ');
    const auto second = head.find(' ', first + 1);
    const seen_request request{head.substr(0, first), head.substr(first + 1, second - first - 1),
                               head, number};
    answer(connection, request);
  }
  const std::lock_guard lock(mutex_);
  descriptors_.remove(descriptor);
  SSL_free(tls);
  ::close(descriptor);
  ++ended_;
}

void imposter::answer(imposter_connection& connection, const seen_request& request) {
  if (!header_of(request.head, "Sec-WebSocket-Key").empty())
    return run_stream(connection, request);
  act chosen = reply_with(404, "no script");
  {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
    std::deque<act>* script = nullptr;
    for (auto& [start, acts] : acts_)  // In the order of the alphabet, so the longest comes last.
      if ((request.method + " " + request.target).starts_with(start))
        script = &acts;
    if (script != nullptr) {
      chosen = script->front();
      if (script->size() > 1)
        script->pop_front();
    }
    changed_.notify_all();
  }
  chosen(connection, request);
}

void imposter::run_stream(imposter_connection& connection, const seen_request& request) {
  ++streams_asked_;
  act declines;
  {
    const std::lock_guard lock(mutex_);
    declines = declines_;
  }
  if (declines)
    return declines(connection, request);
  connection.write(
      "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_key(header_of(request.head, "Sec-WebSocket-Key")) + "\r\n\r\n");
  auto stream = std::make_shared<imposter_stream>();
  {
    const std::lock_guard lock(mutex_);
    streams_.emplace_back(request.target, stream);
    if (stopping_)  // The end of the imposter has already gone over its streams.
      stream->dropped_ = true;
    changed_.notify_all();
  }
  std::unique_lock lock(stream->mutex_);
  do {  // What was pushed before a drop still goes out.
    stream->changed_.wait(lock, [&] { return stream->dropped_ || !stream->waiting_.empty(); });
    while (!stream->waiting_.empty()) {
      connection.write(stream->waiting_.front());
      stream->waiting_.pop_front();
    }
  } while (!stream->dropped_ && connection.open());
  connection.hang_up();
}

}  // namespace sluice::test
