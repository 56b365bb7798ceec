// Replies that break the rules of HTTP, written to the connection byte by byte.
#pragma once

#include "tls_stream.hpp"

namespace sluice::simulator {

/// What one exchange of request and reply means for the connection.
enum class next_step { go_on, close, reset };

/// Half the body of a reply that promises all of it; the connection has to be reset after it.
[[nodiscard]] boost::asio::awaitable<next_step> send_half(tls_stream& stream, const reply& out);
/// The first bytes of a reply, header included, and the end the course has for the connection.
[[nodiscard]] boost::asio::awaitable<next_step> send_cut(tls_stream& stream, const reply& out,
                                                         const course& c);
/// The reply framed as the course says. What is endless is made while it is sent.
[[nodiscard]] boost::asio::awaitable<next_step> send_misframed(tls_stream& stream, const reply& out,
                                                               const course& c);
/// Reads until so many bytes of a request are there, or no more come.
[[nodiscard]] boost::asio::awaitable<next_step> cut_request(tls_stream& stream, std::size_t had,
                                                            const request_cut& cut);

}  // namespace sluice::simulator
