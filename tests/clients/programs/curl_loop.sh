#!/usr/bin/env bash
# A bot of curl and bash: curl_loop.sh URL TOKEN. Prints `event<TAB>id<TAB>data` for each block, `failed<TAB>status<TAB>`
# for each stream that ended, and comes back with the last id for ever.
set -u
url=$1 token=$2 cursor='' pause=1

while :; do
    event=message id='' data=''
    # A last line that is cut short makes read fail, and a block counts only once its empty line has come.
    while IFS= read -r line; do
        case $line in
            'event: '*) event=${line#event: } ;;
            'data: '*) data=${line#data: } ;;
            'id: '*) id=${line#id: } ;;
            'retry: '*) pause=$(((${line#retry: } + 999) / 1000)) ;;
            '')
                [ -n "$id" ] && cursor=$id
                [ -n "$data" ] && printf '%s\t%s\t%s\n' "$event" "$id" "$data"
                event=message id='' data=''
                ;;
        esac
    done < <(exec curl -sS -N -H "Authorization: Bearer $token" ${cursor:+-H "Last-Event-ID: $cursor"} "$url")
    wait $!
    printf 'failed\t%s\t\n' $?
    sleep "$pause"
done
