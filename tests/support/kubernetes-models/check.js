// Reads a list of Kubernetes objects from standard input, and writes for each a list of what is wrong with it: a wrong
// type, a missing member, a member that Kubernetes does not know.
//
// The validators of kubernetes-models (4.5.1) let unknown members pass. They read every member that they know, so what
// they have not read is not known.
import { readFileSync } from 'node:fs'

const isObject = value => typeof value === 'object' && value !== null

const watch = (value, known) => !isObject(value) ? value : new Proxy(value, {
  get (target, name) {
    known.add(target, name)
    return watch(target[name], known)
  }
})

class Known {
  #read = new Map()

  add (object, name) {
    this.#read.set(object, (this.#read.get(object) ?? new Set()).add(name))
  }

  missing (object, path) {
    return Object.entries(object).flatMap(([name, value]) =>
      !this.#read.get(object)?.has(name)
        ? [`${path}/${name} is not known`]
        : isObject(value) ? this.missing(value, `${path}/${name}`) : [])
  }
}

const check = async object => {
  const models = await import(`kubernetes-models/${object.apiVersion}`)
  const known = new Known()
  try {
    models[object.kind].prototype.validate.call(watch(object, known))
  } catch (error) {
    return [error.message]
  }
  return known.missing(object, 'data')
}

console.log(JSON.stringify(await Promise.all(JSON.parse(readFileSync(0)).map(check))))
